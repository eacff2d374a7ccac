"""Which pods are there, what runs in them, and on which ports do they listen? With their sidecars and the injector."""
