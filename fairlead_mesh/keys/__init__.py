"""How is a key of the stack file read, and what is said of one that is wrong?"""
