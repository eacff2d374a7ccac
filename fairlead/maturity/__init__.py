"""How far is each app of a stack, and what stands between it and the next step?"""
