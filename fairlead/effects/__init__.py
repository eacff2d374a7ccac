"""What does a change do to requests, and what could hurt?"""
