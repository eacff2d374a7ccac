"""How does the mesh become resources? One Pulumi component resource a file."""
