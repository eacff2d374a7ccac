"""Would the API server take it? Istio's objects against the definitions of their kinds."""
