"""What does Grafana show of the mesh? Dashboards of our own, from metrics that Istio documents."""
