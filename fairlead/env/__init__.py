"""How does a short-lived environment begin and end? As a stack of its own, made from the file of another one."""
