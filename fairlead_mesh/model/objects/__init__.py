"""What is an object, before anybody asks what it means? Its values, its repeats, and what nobody may read of it."""
