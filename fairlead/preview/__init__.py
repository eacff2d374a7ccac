"""What would be sent? The stack as a tree, as JSON, and as one file an object."""
