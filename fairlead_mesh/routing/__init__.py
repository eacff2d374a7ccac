"""Which Istio objects route an app, from its section of the stack file?"""
