"""What becomes of connections that reach a gateway."""
