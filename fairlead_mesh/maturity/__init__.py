"""How far is a mesh? The steps of a service mesh, what each needs, and the keys that make it."""
