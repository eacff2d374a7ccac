"""Would gateways and their load balancers be reached? Rules over Gateways and what stands before them."""
