"""What becomes of pods and their proxies? Watchers of namespaces and workloads."""
