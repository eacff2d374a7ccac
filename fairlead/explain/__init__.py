"""What happens to this request? The command that asks the model, for people and for programs."""
