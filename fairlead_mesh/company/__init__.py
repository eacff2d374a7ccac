"""What does a company ask of every mesh, beside that it works? Rules of its own, with its own exceptions."""
