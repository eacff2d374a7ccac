"""Does a stack work on a real API server? Up, read back, changed, down again, and nothing left."""
