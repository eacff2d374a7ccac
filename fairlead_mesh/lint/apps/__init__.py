"""Do the apps of a stack file get their requests? Rules over its `apps`."""
