"""What do proxies tell of requests? Their access logs, as keys of the mesh, a namespace or an app say it."""
