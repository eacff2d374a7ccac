"""What does a request say, which match takes it, and what is done to it on the way?"""
