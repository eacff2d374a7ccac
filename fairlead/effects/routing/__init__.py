"""Where do requests go that went elsewhere? Watchers of routes, versions and what sidecars know."""
