"""What becomes of Istio and the addons themselves? Watchers of releases and their values."""
