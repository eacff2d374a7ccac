"""What would not work in a mesh, and how is it told? The command `lint`: what it reads and how it reports."""
