"""Can a stack come up on its cluster, and if not, why? One check a cause, each with what was seen and the remedy."""
