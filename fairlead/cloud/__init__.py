"""What does AWS say? Asked with the credentials that its own tools use; nothing is ever changed there."""
