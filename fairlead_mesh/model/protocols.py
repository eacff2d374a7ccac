"""Which protocol does Istio take a port for?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HTTP = ("HTTP", "HTTP2", "HTTP_PROXY", "GRPC", "GRPC-WEB")
TLS = ("HTTPS", "TLS")
TCP = ("TCP", "MONGO", "REDIS", "MYSQL")
KNOWN = (*HTTP, *TLS, *TCP, "UDP")

# A server that speaks first would wait for ever on these if istiod let Envoy guess.
_ASSUMED_TCP = (25, 53, 3306, 27017)
_STANDARD = {"kubernetes.io/h2c": "HTTP2", "kubernetes.io/ws": "HTTP", "kubernetes.io/wss": "HTTPS"}


def parsed(protocol: object) -> str | None:
    """The protocol that a word of Gateways and ServiceEntries names, in whatever case; None for one unknown."""
    word = str(protocol).upper()
    return word if word in KNOWN else None


def service_protocol(port: Mapping[str, Any]) -> str | None:
    """The protocol of a Service's port, by appProtocol or the first word of its name; None where Envoy guesses."""
    if port.get("protocol") in ("UDP", "SCTP"):
        return str(port["protocol"])
    said = port.get("appProtocol")
    name = str(said if said is not None else port.get("name") or "")
    if said is not None and name in _STANDARD:
        return _STANDARD[name]
    if name.lower().startswith("grpc-web"):
        return "GRPC-WEB"
    return parsed(name.partition("-")[0]) or ("TCP" if port.get("port") in _ASSUMED_TCP else None)
