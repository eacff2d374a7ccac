"""How is a diff written: for a terminal, for a comment, for another program?"""
