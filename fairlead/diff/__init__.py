"""What changes between two states of a stack: two revisions, two stacks, or a stack and its cluster?"""
