"""Does `doctor` see what would keep a stack from coming up?"""
