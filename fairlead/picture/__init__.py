"""What does a whole mesh look like? One drawing of a stack, as SVG and as an HTML page."""
