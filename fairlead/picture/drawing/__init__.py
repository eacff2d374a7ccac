"""How is a picture written? Shapes, colours, SVG and a page around them."""
