"""What does EKS want of a mesh? Security group rules, annotations of load balancers, and what its errors mean."""
