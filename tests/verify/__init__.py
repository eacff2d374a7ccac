"""Is what a stack promises tested as it is said?"""
