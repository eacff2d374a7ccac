"""What is promised of an app? Its service level objectives, and the split of its requests as declared."""
