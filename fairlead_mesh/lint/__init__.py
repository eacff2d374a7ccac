"""Would this mesh work? Rules over the config and over every object, with what it would have been in production."""
