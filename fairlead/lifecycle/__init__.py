"""How does a stack go up and down? Through the Pulumi CLI."""
