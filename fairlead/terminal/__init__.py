"""How does a command speak with people? Options, errors, progress, and what a terminal may be sent."""
