"""What is in a picture? The mesh as a reader sees it, read from an evaluated stack."""
