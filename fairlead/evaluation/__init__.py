"""What does the program register? Evaluated in process, without a cluster, an account or the Pulumi CLI."""
