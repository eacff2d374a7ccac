"""Do a server's TLS settings fit its protocol and its mode?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.gateways.gateway_rules import istio_gateways
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.gateway_listeners import PASSED_THROUGH, placed_servers
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.protocols import HTTP, TLS, parsed

_MUTUAL = ("MUTUAL", "OPTIONAL_MUTUAL")
_TERMINATED = ("SIMPLE", *_MUTUAL)
_FILES = ("serverCertificate", "privateKey")
_SOURCES = ("credentialName", "credentialNames", "serverCertificate", "tlsCertificates")
_CERTIFICATES = (*_SOURCES, "privateKey", "caCertificates", "caCrl")


def tls_servers(graph: Graph) -> Iterator[tuple[Item, Path, dict[str, Any], str]]:
    """Servers with TLS settings: the Gateway, the path to them, the settings and their mode."""
    for item in istio_gateways(graph):
        for path, server in placed_servers(item):
            tls = as_map(server.get("tls"))
            if tls:
                yield item, (*path, "tls"), tls, str(tls.get("mode") or "PASSTHROUGH")


@object_rule("webhook")
def tls_fits_the_ports_protocol(graph: Graph) -> Iterator[Hit]:
    """HTTPS and TLS ports need TLS settings; other ports have none, except a redirect to HTTPS.

    istiod rejects such a Gateway. Without the webhook, users would see plain text on 443, or browsers would report a
    failed handshake on 80.
    """
    for item in istio_gateways(graph):
        for path, server in placed_servers(item):
            protocol = parsed(as_map(server.get("port")).get("protocol"))
            at: Path = (*path, "port", "protocol")
            if protocol in TLS and server.get("tls") is None:
                remedy = "add tls: {mode: SIMPLE, credentialName: ...}, or mode: PASSTHROUGH if the app terminates TLS"
                yield item.hit(at, f"{protocol} without tls settings: istiod rejects the Gateway", remedy)
            elif protocol and protocol not in TLS and server.get("tls") is not None:
                yield from _plain(item, (*path, "tls"), protocol)


def _plain(item: Item, path: Path, protocol: str) -> Iterator[Hit]:
    tls = as_map(item.get(*path))
    ends = str(tls.get("mode") or "PASSTHROUGH") not in PASSED_THROUGH or any(tls.get(key) for key in _CERTIFICATES)
    if protocol in HTTP and not ends:
        return
    remedy = "write protocol: HTTPS" if protocol in HTTP else "write protocol: TLS"
    message = f"{protocol} is plain text, so istiod rejects tls settings here"
    yield item.hit(path, message, f"{remedy}, or remove tls" + (" except httpsRedirect" if protocol in HTTP else ""))


@object_rule("webhook", severity="warning")
def redirects_start_from_http(graph: Graph) -> Iterator[Hit]:
    """A redirect to HTTPS answers plain HTTP, so on any other port it has no effect."""
    for item in istio_gateways(graph):
        for path, server in placed_servers(item):
            protocol = parsed(as_map(server.get("port")).get("protocol"))
            if protocol in TLS and as_map(server.get("tls")).get("httpsRedirect") is True:
                message = (
                    f"a {protocol} port gets no plain HTTP requests to redirect; clients of port 80 still get no answer"
                )
                remedy = "move it to a server with protocol: HTTP on port 80"
                yield item.hit((*path, "tls", "httpsRedirect"), message, remedy)


@object_rule("webhook")
def certificates_have_one_source(graph: Graph) -> Iterator[Hit]:
    """A certificate comes from a secret or from files; istiod rejects a server that names both."""
    for item, path, tls, _ in tls_servers(graph):
        named = [key for key in _SOURCES if tls.get(key)]
        if named.count("serverCertificate") and not tls.get("privateKey"):
            named.remove("serverCertificate")
        for key in named[1:]:
            message = f"{named[0]} already sets the certificate, so istiod rejects the Gateway"
            yield item.hit((*path, key), message, f"keep {named[0]} or {key}, not both")


@object_rule("webhook")
def tls_ends_with_a_certificate(graph: Graph) -> Iterator[Hit]:
    """A gateway that terminates TLS needs a certificate and its key, and a CA for client certificates.

    istiod rejects such a Gateway; a listener without a certificate would reset every handshake.
    """
    for item, path, tls, mode in tls_servers(graph):
        if mode not in _TERMINATED or tls.get("credentialName") or tls.get("credentialNames"):
            continue
        at = (*path, "mode")
        pairs = item.maps(*path, "tlsCertificates") or [(path, tls)]
        for place, pair in pairs:
            lacking = [key for key in _FILES if not pair.get(key)]
            if lacking:
                message = f"{mode} has no {' and no '.join(lacking)}, so istiod rejects the Gateway"
                remedy = "add credentialName: with the name of a TLS secret in the gateway's namespace"
                yield item.hit(at if place == path else place, message, remedy)
        if mode in _MUTUAL and not tls.get("caCertificates"):
            message = f"{mode} has no CA for client certificates, so istiod rejects the Gateway"
            yield item.hit(at, message, "add caCertificates, or credentialName with a secret that holds ca.crt")


@object_rule("webhook")
def certificates_fit_the_tls_mode(graph: Graph) -> Iterator[Hit]:
    """Modes that pass TLS through or use the mesh's own certificates never serve a certificate that is named here."""
    for item, path, tls, mode in tls_servers(graph):
        named = [key for key in _CERTIFICATES if tls.get(key)]
        if mode == "ISTIO_MUTUAL":
            for key in named:
                message = "ISTIO_MUTUAL serves the mesh's own certificate, so istiod rejects the Gateway"
                yield item.hit((*path, key), message, "write mode: SIMPLE or MUTUAL, or remove this")
        # On a plain port the whole settings are refused, by another rule.
        elif mode in PASSED_THROUGH and parsed(item.get(*path[:-1], "port", "protocol")) in TLS:
            for key in named:
                message = f"{mode} leaves TLS to the app behind it, so clients never see this certificate"
                remedy = "write mode: SIMPLE if the gateway is to terminate TLS, or remove this"
                yield item.hit((*path, key), message, remedy, severity="warning")
        elif tls.get("caCrl") and (mode == "SIMPLE" or tls.get("credentialName")):
            message = "a revocation list works with files and client certificates only, so istiod rejects the Gateway"
            yield item.hit((*path, "caCrl"), message, "put it into the secret as ca.crl, or remove it")
