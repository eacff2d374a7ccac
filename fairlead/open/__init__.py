"""How does somebody look at an addon's page? `fairlead open`: a forwarded port, and the browser."""
