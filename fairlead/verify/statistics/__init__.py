"""How many requests are enough, and when is a difference no accident? Exact, and looked at after every answer."""
