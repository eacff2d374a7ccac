"""How does a mesh leave itself? Hosts outside of it, the TLS to them, and the way through an egress gateway."""
