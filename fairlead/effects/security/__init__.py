"""Who gets in who could not? Watchers of policies, mTLS, tokens and security groups."""
