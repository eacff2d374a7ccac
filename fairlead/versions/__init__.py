"""Which versions does a stack get, and which are the newest? The table's, and what their publishers say."""
