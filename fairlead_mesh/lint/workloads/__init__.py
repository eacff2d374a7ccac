"""Would pods join the mesh and be found? Rules over namespaces, workloads, Services, selectors and proxies."""
