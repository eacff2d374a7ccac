"""What is the mesh? The config model, its rules, and every Kubernetes object and Helm value as plain data."""
