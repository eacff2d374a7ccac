"""Does the mesh do what the stack promises? Requests are sent, and what becomes of them is held against the model."""
