"""What is not the same on two sides of a stack: how each comes about, and how they are held against each other?"""
