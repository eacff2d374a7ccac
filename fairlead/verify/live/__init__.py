"""How is the cluster itself asked? Pods that send, ports that are forwarded, and what the proxies say of themselves."""
