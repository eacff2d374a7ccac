"""What will change, and does it work? The command line over the same program that `pulumi up` runs."""
