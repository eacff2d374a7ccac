"""Can certificates of gateways be issued, and does a redirect to HTTPS lead to a port that has TLS?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule

_EVERY = "*"


@config_rule()
def issued_certificates_name_hosts(config: Config) -> Iterator[Hit]:
    """A certificate that cert-manager issues has a secret and names hosts: no issuer signs one for every host.

    The Certificate never becomes ready, the gateway has no secret, and every TLS handshake is reset.
    """
    for index, gateway in enumerate(config.gateways):
        for number, port in enumerate(gateway.ports):
            tls, path = port.tls, ("gateways", index, "ports", number)
            if not tls or not tls.certificate:
                continue
            if tls.mode != "PASSTHROUGH" and _EVERY in (tls.certificate.dns_names or gateway.hosts(port)):
                message = "the certificate would be for every host, and no issuer signs that"
                yield Hit((*path, "tls", "certificate"), None, message, "write hosts at the port, or dnsNames here")
            if tls.mode == "PASSTHROUGH":
                message = "has no effect: PASSTHROUGH leaves TLS to the app, which has a certificate of its own"
                yield Hit((*path, "tls", "certificate"), None, message, "remove it, or write mode: SIMPLE")


@config_rule()
def redirects_lead_to_https(config: Config) -> Iterator[Hit]:
    """A port that redirects to HTTPS has the protocol HTTP, and its gateway a port with TLS.

    On another protocol istiod rejects the redirect; without a port with TLS, where the load balancer does not terminate
    it either, every client is sent to a port on which nothing listens.
    """
    for index, gateway in enumerate(config.gateways):
        balancer = gateway.load_balancer.tls
        has_tls = bool(balancer) or any(port.tls and port.tls.mode != "PASSTHROUGH" for port in gateway.ports)
        for number, port in enumerate(gateway.ports):
            path = ("gateways", index, "ports", number, "httpsRedirect")
            if port.https_redirect and port.protocol not in ("HTTP", "HTTP2"):
                yield Hit(path, True, f"{port.protocol} has no redirect to HTTPS", "write protocol: HTTP, or remove it")
            elif port.https_redirect and balancer and port.label in balancer.ports:
                message = "the load balancer terminates TLS for this port, so a redirect to HTTPS never ends"
                yield Hit(path, True, message, "remove it here, or the port from loadBalancer.tls.ports")
            elif port.https_redirect and not has_tls:
                message = "no port of this gateway has TLS, so clients are sent where nothing listens"
                yield Hit(path, True, message, "add a port with protocol: HTTPS and tls")
