"""Which hosts outside the mesh do its apps call, and how? One item of `egress`."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from fairlead_mesh.keys.scalars import Cidr, DnsLabel, Hostname, NonEmpty, PortNumber
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.short import Short

OutsideProtocol = Literal["HTTP", "HTTP2", "GRPC", "TLS", "TCP"]


class TlsOrigination(Short):
    """TLS that the proxy adds to plain requests of an app; a plain string is the mode."""

    plain: ClassVar[str] = "mode"

    mode: Literal["SIMPLE", "MUTUAL"] = "SIMPLE"
    """As in Istio's DestinationRule; MUTUAL needs a certificate of the client."""
    port: PortNumber = 443
    """Port of the host that takes TLS."""
    credential_name: NonEmpty | None = None
    """Secret with the certificate of the client, or with `ca.crt`, in the namespace of the egress gateway."""
    ca_certificates: NonEmpty = "/etc/ssl/certs/ca-certificates.crt"
    """File of the proxy with the CAs of the host; defaults to the public ones, and `credentialName` has its own."""
    sni: Hostname | None = None
    """Server name; defaults to the host of the request."""


class ExternalHost(Section):
    """Hosts outside the mesh that apps call, as a ServiceEntry."""

    name: DnsLabel
    """Name of its objects, and by which `calls` of an app means it."""
    namespace: DnsLabel = "default"
    """Namespace of its objects."""
    hosts: list[Hostname] = Field(min_length=1)
    """Its hosts, such as [api.example.com]; a wildcard such as *.example.com is reached at whatever address the app has
    looked up."""
    port: PortNumber = 443
    """Port that apps call."""
    protocol: OutsideProtocol = "TLS"
    """Protocol that apps speak there: TLS (also HTTPS), HTTP, HTTP2, GRPC or TCP."""
    addresses: list[Cidr] = Field(default_factory=list[str])
    """Networks that tell it apart from other TCP on the same port."""
    tls_origination: TlsOrigination | None = None
    """TLS from the proxy on, where apps speak plain HTTP."""
    through: DnsLabel | None = None
    """Egress gateway of this stack that requests leave the mesh through."""

    @property
    def is_http(self) -> bool:
        return self.protocol in ("HTTP", "HTTP2", "GRPC")

    @property
    def has_wildcard(self) -> bool:
        return any("*" in host for host in self.hosts)

    @property
    def outer_port(self) -> int:
        """The port of the host itself."""
        return self.tls_origination.port if self.tls_origination else self.port
