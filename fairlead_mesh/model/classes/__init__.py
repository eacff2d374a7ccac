"""Which requests does a mesh tell apart? The space of requests, cut where a rule of it asks something."""
