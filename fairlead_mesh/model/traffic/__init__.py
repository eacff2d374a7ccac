"""What happens to a request? Its way through gateways, sidecars and servers, step by step."""
