"""What becomes of connections that reach a gateway? TLS, policies, and the routes that are bound to its port."""
