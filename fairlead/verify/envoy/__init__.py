"""What does a live proxy say of itself? Its configuration, as Envoy dumps it, and its counters."""
