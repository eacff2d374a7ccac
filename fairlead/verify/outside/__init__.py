"""How does this machine send requests, as a client outside of the cluster? With sockets of its own."""
