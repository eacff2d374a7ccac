"""What of a stack is judged, and what of it is silenced? The stack file's objects, and rules over all of it."""
