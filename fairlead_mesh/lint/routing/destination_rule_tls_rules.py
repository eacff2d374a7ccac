"""Can the TLS be spoken that a DestinationRule asks of callers? Its certificates and what contradicts them."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.traffic_policy import Policy, destination_rules, policies

_REFUSED = "istiod's webhook rejects the whole DestinationRule"
_FILES = ("clientCertificate", "privateKey", "caCertificates", "caCrl")
_OWN_CERTIFICATE = ("clientCertificate", "privateKey")
_CONFIG_MAP = "configmap://"  # which every sidecar may read
_WITH_CERTIFICATES = ("SIMPLE", "MUTUAL")


def _with_tls(graph: Graph) -> Iterator[tuple[Policy, str]]:
    for item in destination_rules(graph):
        for policy in policies(item):
            if policy.tls:
                yield policy, str(policy.tls.get("mode") or "DISABLE")


@object_rule("webhook")
def mutual_tls_has_a_certificate(graph: Graph) -> Iterator[Hit]:
    """Mode MUTUAL needs a client certificate: a certificate with its key, or a secret that has them."""
    for policy, mode in _with_tls(graph):
        lacks = [key for key in _OWN_CERTIFICATE if not policy.tls.get(key)]
        if mode == "MUTUAL" and not policy.tls.get("credentialName") and lacks:
            message = f"MUTUAL without {' and '.join(lacks)}; {_REFUSED}"
            remedy = "write credentialName or both files; mode ISTIO_MUTUAL uses the mesh's own certificates"
            yield policy.item.hit((*policy.path, "tls", "mode"), message, remedy)


@object_rule("webhook")
def credentials_come_from_one_place(graph: Graph) -> Iterator[Hit]:
    """Certificates come from the secret in credentialName or from files: istiod rejects both together."""
    for policy, mode in _with_tls(graph):
        files = [key for key in _FILES if policy.tls.get(key)]
        if mode in _WITH_CERTIFICATES and policy.tls.get("credentialName") and files:
            message = f"{files[0]} together with credentialName; {_REFUSED}"
            yield policy.item.hit((*policy.path, "tls", files[0]), message, "keep credentialName, or the files")


@object_rule("webhook")
def unverified_servers_are_not_verified(graph: Graph) -> Iterator[Hit]:
    """insecureSkipVerify turns verification off, so istiod rejects settings for verification beside it."""
    for policy, mode in _with_tls(graph):
        checks = ["caCertificates", "subjectAltNames", *(["credentialName"] if mode == "SIMPLE" else [])]
        found = [key for key in checks if policy.tls.get(key)]
        if policy.tls.get("insecureSkipVerify") is True and mode in _WITH_CERTIFICATES and found:
            message = f"{found[0]} together with insecureSkipVerify; {_REFUSED}"
            remedy = "remove insecureSkipVerify, so that the server is verified"
            yield policy.item.hit((*policy.path, "tls", found[0]), message, remedy)


@object_rule(severity="warning")
def certificates_are_used(graph: Graph) -> Iterator[Hit]:
    """A client certificate is sent in mode MUTUAL only: other modes ignore it, and a server that requires it fails."""
    for policy, mode in _with_tls(graph):
        unused = {"SIMPLE": _OWN_CERTIFICATE, "ISTIO_MUTUAL": (*_FILES, "credentialName")}
        unused["DISABLE"] = unused["ISTIO_MUTUAL"]
        for key in [key for key in unused.get(mode, ()) if policy.tls.get(key)][:1]:
            message = f"{key} is ignored in mode {mode}"
            remedy = "write mode: MUTUAL, or remove it" if mode == "SIMPLE" else f"remove it, or change mode {mode}"
            yield policy.item.hit((*policy.path, "tls", key), message, remedy)


@object_rule("IST0128", "IST0129", severity="warning")
def servers_are_verified(graph: Graph) -> Iterator[Hit]:
    """Without caCertificates a server is verified against the CAs of the system, and by old versions not at all.

    A server inside the cluster rarely has a certificate of a public CA: the request then fails (503, flag UF), or goes
    unverified to whoever answers.
    """
    for policy, mode in _with_tls(graph):
        host = full_host(str(policy.item.get("spec", "host") or ""), policy.item.namespace)
        if mode not in _WITH_CERTIFICATES or policy.tls.get("insecureSkipVerify") is True:
            continue
        if not policy.tls.get("caCertificates") and not policy.tls.get("credentialName"):
            message = f"no CA is set, so only a public CA's certificate is accepted from {host}: with another, 503"
            remedy = (
                "write caCertificates: /etc/ssl/certs/ca-certificates.crt for a public CA, or another file of the proxy"
            )
            severity = "warning" if host.endswith(CLUSTER_DOMAIN) else "info"
            yield policy.item.hit((*policy.path, "tls", "mode"), message, remedy, severity=severity)


@object_rule("IST0128", "IST0129", severity="warning")
def credentials_reach_sidecars(graph: Graph) -> Iterator[Hit]:
    """A sidecar reads the secret in credentialName only if a workloadSelector selects it; a gateway always does."""
    for policy, mode in _with_tls(graph):
        named = str(policy.tls.get("credentialName") or "")
        secret = named and not named.startswith(_CONFIG_MAP)
        if mode in _WITH_CERTIFICATES and secret and not policy.item.get("spec", "workloadSelector"):
            message = "sidecars do not read this secret and send plain text instead of TLS; only gateways read it"
            remedy = "add a workloadSelector for the clients, unless only gateways call this host"
            place = (*policy.path, "tls", "credentialName")
            yield policy.item.hit(place, message, remedy, severity="info")
