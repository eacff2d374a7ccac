"""How is anybody's YAML read? By `pulumi up` and by every command alike, and never more of it than people write."""
