"""What is checked? A file a cause: a new check is a new file with a function `check`."""
