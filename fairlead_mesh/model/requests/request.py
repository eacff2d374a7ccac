"""Which request is asked about? Its caller, and what it says on the way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from fairlead_mesh.model.traffic.undecided import UndecidedError

INTERNET = "internet"
OUTSIDE = "outside-the-mesh"
"""A client in the cluster without a sidecar, and so without an identity."""
UNKNOWN = "a value that Envoy knows when it gets the request"
"""What stands for the value of a header that no object says."""
_PORTS = {"http": 80, "https": 443, "tcp": 0}


@dataclass(frozen=True)
class Request:
    """A request, as its caller sends it.

    `caller` is `internet` (whoever reaches a gateway's address), or `namespace/workload`. The connection goes to `to`
    (a name or an address) and `port`; `authority` is the Host header, `path` has the query behind it. `gateway` is the
    `namespace/name` of the Service that the internet connects to. `claims` are those of a token that counts as valid.
    """

    caller: str
    method: str
    scheme: str
    to: str
    port: int
    authority: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    gateway: str = ""
    sni: str = ""
    client_certificate: str = ""
    identity: str = ""
    """Whose certificate of the mesh the connection has."""
    claims: Mapping[str, Any] | None = None
    resolved: bool = True
    inside: str = ""
    """The scheme of what the caller sent, where a proxy has put TLS around it."""

    @property
    def host(self) -> str:
        """The Host header without a port, in small letters, as Envoy compares it."""
        name, colon, port = self.authority.rpartition(":")
        return (name if colon and (not port or port.isdigit()) else self.authority).lower()

    @property
    def bare_path(self) -> str:
        return self.path.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Each parameter of the query by its first value, undecoded, as Envoy compares it."""
        found: dict[str, str] = {}
        for part in self.path.partition("?")[2].split("&"):
            key, _, value = part.partition("=")
            found.setdefault(key, value)
        return found

    def header(self, name: str) -> str | None:
        """The value of a header, also of Envoy's own names for the parts of a request. Raises UndecidedError."""
        own = {":authority": self.authority, ":method": self.method, ":path": self.path, ":scheme": self.scheme}
        lowered = name.lower()
        value = own.get(lowered, self.authority if lowered == "host" else self.headers.get(lowered))
        if value == UNKNOWN:
            raise UndecidedError(f"the header {name} gets a value that only Envoy knows")
        return value

    def changed(self, **parts: Any) -> Request:
        """The same request with other parts, as a proxy hands it on."""
        return replace(self, **parts)


def request(
    method: str,
    url: str,
    *,
    caller: str = INTERNET,
    headers: Mapping[str, str] | None = None,
    gateway: str = "",
    connect: str = "",
    sni: str = "",
    client_certificate: str = "",
    claims: Mapping[str, Any] | None = None,
) -> Request:
    """The request of a method and a URL; `connect` is an address that the connection goes to instead of the URL's host.

    Raises ValueError where the URL is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url} is not a URL with http://, https:// or tcp://")
    port = parts.port or _PORTS[parts.scheme]
    to, _, other = connect.partition(":") if connect else (parts.hostname, "", "")
    sent = {str(key).lower(): str(value).strip(" \t") for key, value in (headers or {}).items()}
    authority = sent.pop("host", parts.netloc)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(
        caller, method.upper(), parts.scheme, to, int(other) if other else port, authority, path, sent, gateway,
        sni or parts.hostname, client_certificate, "", claims, not connect,
    )  # fmt: skip
