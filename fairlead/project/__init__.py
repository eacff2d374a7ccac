"""Whose is the folder that a command is started in? A project of the installed package, or a clone?"""
