"""Which objects show an addon's page at a gateway, and to whom? Routes, a listener with TLS, and policies of the host.

A policy of the gateway's pods denies what is not allowed for this host and says nothing of others: an ALLOW policy
would close the gateway to every app behind it. CUSTOM and DENY are evaluated before ALLOW (Istio, AuthorizationPolicy).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.access.authorizer import asked_rules
from fairlead_mesh.access.jwt import Jwt, jwt_rule
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.expose import Expose
from fairlead_mesh.addons.product import Endpoint
from fairlead_mesh.certificate import certificate_object
from fairlead_mesh.gateways import Gateway, GatewayPort, GatewayTls
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, covers

_NETWORKING, _SECURITY = "networking.istio.io/v1", "security.istio.io/v1"


def exposed_page(addon: Addon, gateways: Iterable[Gateway]) -> ExposedPage | None:
    """The page; None where nothing is to be shown, or where what the key says cannot be, which lint says."""
    expose = addon.expose
    at = gateway_of(expose, gateways) if expose else None
    if expose is None or at is None or not addon.product.endpoint or not addon.installed:
        return None
    return ExposedPage(addon, expose, at, addon.product.endpoint)


def gateway_of(expose: Expose, gateways: Iterable[Gateway]) -> Gateway | None:
    """The ingress gateway that it names."""
    found = (each for each in gateways if each.name == expose.gateway and each.direction == "ingress")
    return next(found, None)


def port_at(expose: Expose, gateway: Gateway) -> GatewayPort | None:
    """The gateway's own port of that number."""
    return next((port for port in gateway.ports if port.port == expose.port), None)


def has_tls_of_gateway(expose: Expose, gateway: Gateway) -> bool:
    """Whether the gateway's own port, or the load balancer before it, terminates TLS for the host."""
    port, balancer = port_at(expose, gateway), gateway.load_balancer.tls
    if port is None or not any(covers(host, expose.host) for host in gateway.hosts(port)):
        return False
    own = bool(port.tls) and port.tls.mode != "PASSTHROUGH" and port.protocol == "HTTPS"
    return own or bool(balancer and port.label in balancer.ports)


@dataclass(frozen=True)
class ExposedPage:
    """One page at one gateway."""

    addon: Addon
    expose: Expose
    gateway: Gateway
    endpoint: Endpoint

    @property
    def name(self) -> str:
        return f"{self.addon.role}-page"

    def entrance(self) -> Iterator[Manifest]:
        """What shows it: to be made once the policies are there, and to be gone before they are."""
        tls = self.expose.tls
        if tls:
            yield self._listener(tls)
            if tls.certificate and tls.credential_name:
                yield certificate_object(tls.credential_name, self.gateway.home, tls.certificate, [self.expose.host])
        yield self._routes()

    def _listener(self, tls: GatewayTls) -> Manifest:
        """A server for the host, whose routes only the addon's own namespace may say."""
        server = {
            "port": {"number": self.expose.port, "name": f"https-{self.name}", "protocol": "HTTPS"},
            "hosts": [f"{self.addon.namespace}/{self.expose.host}"],
            "tls": given(mode=tls.mode, credentialName=tls.credential_name),
        }
        spec = {"selector": self.gateway.pod_labels, "servers": [server]}
        return _object(_NETWORKING, "Gateway", self.name, self.gateway.home, spec)

    def _routes(self) -> Manifest:
        """From the host to the addon's Service, at the port with TLS alone."""
        at, bound = self.endpoint, f"{self.gateway.home}/{self.name if self.expose.tls else self.gateway.name}"
        destination = {"host": f"{at.service}.{self.addon.namespace}.{CLUSTER_DOMAIN}", "port": {"number": at.port}}
        here = {"port": self.expose.port}
        first = [{"match": [{"uri": {"exact": "/"}, **here}], "redirect": {"uri": at.path}}] if at.path else []
        http = [*first, {"match": [here], "route": [{"destination": destination}]}]
        spec = {"hosts": [self.expose.host], "gateways": [bound], "http": http}
        return _object(_NETWORKING, "VirtualService", self.name, self.addon.namespace, spec)

    def policies(self) -> Iterator[Manifest]:
        """Who is denied."""
        allow = self.expose.allow
        if allow.cidrs:
            # By the client's address as the gateway knows it, also behind proxies that it trusts.
            rule = {"from": [{"source": {"notRemoteIpBlocks": allow.cidrs}}], "to": self._requests()}
            yield self._policy(self.name, "DENY", [rule])
        if allow.jwt:
            rules = [jwt_rule(allow.jwt)]
            spec = {"selector": self._selector, "jwtRules": rules}
            yield _object(_SECURITY, "RequestAuthentication", self.name, self.gateway.home, spec)
            rule = {"from": [{"source": {"notRequestPrincipals": [_principals(allow.jwt)]}}], "to": self._requests()}
            yield self._policy(f"{self.name}-jwt", "DENY", [rule])
        if allow.authorizer:
            asked = [{"to": self._requests(each.get("to"))} for each in asked_rules(allow.authorizer)]
            yield self._policy(f"{self.name}-authorizer", "CUSTOM", asked, provider={"name": allow.authorizer.name})

    @property
    def _selector(self) -> dict[str, Any]:
        return {"matchLabels": self.gateway.pod_labels}

    def _requests(self, further: Sequence[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
        """Those for the host, with or without a port."""
        hosts = [self.expose.host, f"{self.expose.host}:*"]
        # On bytes, where there is no host, a DENY policy would deny every connection (Istio, AuthorizationPolicy).
        own = given(hosts=hosts, notPorts=[str(port.port) for port in self.gateway.ports if _is_bytes(port)])
        operations = [each["operation"] for each in further or [{"operation": {}}]]
        return [{"operation": {**own, **operation}} for operation in operations]

    def _policy(self, name: str, action: str, rules: list[dict[str, Any]], **more: Any) -> Manifest:
        spec = {"selector": self._selector, "action": action, **more, "rules": rules}
        return _object(_SECURITY, "AuthorizationPolicy", name, self.gateway.home, spec)


def _is_bytes(port: GatewayPort) -> bool:
    """Whether the gateway reads no requests there."""
    return port.protocol in ("TCP", "TLS") or (port.tls is not None and port.tls.mode == "PASSTHROUGH")


def _principals(jwt: Jwt) -> str:
    """Whoever this issuer names: tokens of another one, accepted for an app, open no page."""
    return f"{jwt.issuer}/*"


def _object(api: str, kind: str, name: str, namespace: str, spec: Mapping[str, Any]) -> Manifest:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": dict(spec)}
