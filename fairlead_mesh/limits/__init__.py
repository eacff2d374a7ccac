"""How many requests may an app get? Limits of each proxy by itself, and those that a service counts for all of them."""
