"""What does a mesh mean? From its objects to what happens to a request: the room that lint, diff and picture ask."""
