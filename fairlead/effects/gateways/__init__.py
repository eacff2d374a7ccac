"""Who reaches the gateways, and how? Watchers of listeners, pods and load balancers."""
