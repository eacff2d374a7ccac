"""Who may call an app, and as whom? Policies and mTLS, from the keys of apps, namespaces and the mesh."""
