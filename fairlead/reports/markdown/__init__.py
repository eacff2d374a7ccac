"""How does a diff become a comment of a pull request? Markdown, part by part."""
