"""Why does a promise not hold? What the configuration of the proxies on the way says of a failure."""
