"""Whose is what exists on the cluster, and how does it become a stack's?"""
