"""When does Prometheus warn somebody? Recording rules and alerts, of the mesh and of what apps promise."""
