"""Who may call? mTLS, tokens and AuthorizationPolicies, as proxies ask them."""
