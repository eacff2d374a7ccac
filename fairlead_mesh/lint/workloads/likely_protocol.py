"""What does a port speak that does not say so? A guess from its name and number, as a remedy only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BY_NAME = {
    r"webhook|https|tls|ssl": "https",
    r"grpc": "grpc",
    r"http|^web$|metrics": "http",
    r"mysql|postgres|mongo|redis|kafka|amqp|ldap|smtp|nats|tcp|^db$|^pg": "tcp",
}
_BY_NUMBER = {
    "https": (443, 6443, 8443, 9443),
    "grpc": (50051,),
    "http": (80, 3000, 5000, 8000, 8080, 8081, 8888, 9090),
    "tcp": (25, 389, 1433, 2181, 3306, 4222, 5432, 5672, 6379, 9042, 9092, 11211, 27017),
}


def likely_protocol(port: Mapping[str, Any]) -> str:
    """`https`, `grpc`, `http` or `tcp`; empty where nothing tells. A port of a webhook is TLS, and a database's TCP."""
    name = str(port.get("name") or "").lower()
    by_name = next((protocol for words, protocol in _BY_NAME.items() if re.search(words, name)), "")
    numbers = (port.get("port"), port.get("targetPort"))
    return by_name or next((it for it, known in _BY_NUMBER.items() if any(each in known for each in numbers)), "")


def protocol_remedy(port: Mapping[str, Any]) -> str:
    """What to write for a port that does not say what it speaks."""
    likely = likely_protocol(port)
    if port.get("appProtocol") is not None or not likely:
        return "write appProtocol: http, https, grpc or tcp, whichever it is"
    words = [word for word in str(port.get("name") or "").split("-") if word not in ("", likely)]
    named = "-".join([likely, *words])
    return f"add appProtocol: {likely}, or write name: {named}"
