"""Which addons can a mesh have? One file an addon, which says all that the rest of the program asks of it."""
