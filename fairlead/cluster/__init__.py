"""On what is a stack tried? A Kubernetes API server of its own, the programs for it, and how it is talked to."""
