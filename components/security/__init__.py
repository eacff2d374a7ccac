"""Who may reach what in AWS? Security groups, their rules, and the networks of the VPC that they name."""
