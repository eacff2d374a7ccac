"""How is an addon's page reached through an ingress gateway? The key `expose`: its host, its TLS, who may open it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import Field

from fairlead_mesh.access.authorizer import AskedAuthorizer
from fairlead_mesh.access.jwt import Jwt
from fairlead_mesh.gateways import GatewayTls
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Cidr, DnsLabel, PortNumber
from fairlead_mesh.keys.section import Section

_HTTPS = 443
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
PageHost = Annotated[
    str, Form(rf"{_LABEL}(\.{_LABEL})+", "write one full DNS name such as kiali.example.com", longest=253)
]


class Visitors(Section):
    """Who may open a page through the gateway; a request has to satisfy each key that is set."""

    cidrs: list[Cidr] = Field(default_factory=list[str])
    """Networks of the gateway's clients, such as [10.0.0.0/8]; where the mesh config trusts proxies in front of the
    gateway, as X-Forwarded-For says them."""
    jwt: Jwt | None = None
    """Tokens that a request must have, as a proxy that people log in at adds them, such as {issuer: ..., jwksUri: ...,
    fromHeaders: [x-token]}."""
    authorizer: AskedAuthorizer | None = None
    """One of `istio.authorizers` that decides, such as an oauth2-proxy that people log in at."""

    @property
    def is_anybody(self) -> bool:
        """Whether nobody is kept out."""
        networks = [ip_network(each, strict=False) for each in self.cidrs]
        limited = bool(networks) and all(network.prefixlen for network in networks)
        return not (limited or self.jwt or self.authorizer)


class Expose(Section):
    """A page behind an ingress gateway of this stack, by HTTPS and under a host of its own."""

    host: PageHost
    """Host, such as kiali.example.com; its DNS record is yours to make."""
    gateway: DnsLabel
    """Name of the ingress gateway, such as istio-ingress."""
    port: PortNumber = _HTTPS
    """Port of the gateway; with `tls` it gets one that it does not have."""
    tls: GatewayTls | None = None
    """Certificate of the host, such as {credentialName: kiali-tls, certificate: letsencrypt}; with mode MUTUAL clients
    need one too. Defaults to the TLS of the gateway's port, or of its load balancer."""
    allow: Visitors = Visitors()
    """Who may open it, such as {cidrs: [10.0.0.0/8]}; lint asks for one."""

    @property
    def is_open(self) -> bool:
        """Whether whoever reaches the gateway reaches the page."""
        return self.allow.is_anybody and not (self.tls and self.tls.mode == "MUTUAL")

    def url(self, path: str) -> str:
        """The address that browsers open."""
        return f"https://{self.host}{'' if self.port == _HTTPS else f':{self.port}'}{path}"
