"""How do short-lived environments begin and end?"""
