"""What goes, comes anew or is kept? Watchers of the resources as the engine sees them."""
