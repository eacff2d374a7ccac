"""How do programs in other languages use the mesh? As a Pulumi package: its schema, and the provider that builds it."""
