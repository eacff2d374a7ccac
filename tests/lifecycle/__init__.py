"""Does a stack come up and go away whatever happened before?"""
