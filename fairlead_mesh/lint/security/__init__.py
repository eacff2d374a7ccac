"""Would the right callers get in? Rules over mTLS, tokens, policies and security groups."""
