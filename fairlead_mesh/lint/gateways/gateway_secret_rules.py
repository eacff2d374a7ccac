"""Are the certificates there that Gateways name, where the gateway's pods look for them?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.gateways.gateway_tls_rules import tls_servers
from fairlead_mesh.lint.gateways.known_secrets import KnownSecrets, has_key, pair_of, text_of_key
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.gateway_listeners import gateway_selector
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.security.certificates import has_block

_AUTHORITIES = ("ca.crt", "cacert")
_BEGINS = "-----BEGIN "


@object_rule("IST0101", severity="warning")
def gateway_credentials_exist(graph: Graph) -> Iterator[Hit]:
    """A gateway reads its certificate from a secret in the namespace of its pods, not in that of the Gateway.

    If the secret does not exist, the listener has no certificate: every TLS handshake is reset, and only istiod's log
    says why.
    """
    secrets = graph.once(KnownSecrets)
    for item, path, tls, _ in tls_servers(graph):
        name = tls.get("credentialName")
        pods = graph.selected(None, gateway_selector(item))
        if not isinstance(name, str) or not name or "://" in name:
            continue
        if not pods and secrets.namespaces and name not in secrets.homes:
            message = f"no secret {name} is known, nor the pods of this Gateway: without it handshakes fail"
            remedy = "write the name of a TLS secret in the namespace of the gateway's pods"
            yield item.hit((*path, "credentialName"), message, remedy, severity="info")
        for namespace in dict.fromkeys(pod.namespace for pod in pods):
            if (namespace, name) in secrets.known or (namespace, name) in secrets.made:
                continue
            sure = namespace in secrets.namespaces
            elsewhere = secrets.homes.get(name)
            there = f"; the one in {elsewhere} is not read" if elsewhere else ""
            message = f"no secret {name} is known in {namespace}, where the gateway's pods run{there}: handshakes fail"
            remedy = f"create it there: kubectl create secret tls {name} -n {namespace} --cert=... --key=..."
            severity = graph.missing if sure else "warning" if elsewhere else "info"
            other = secrets.known.get((elsewhere, name)) if elsewhere else None
            others = [(other, ("metadata", "name"))] if other else []
            yield item.hit((*path, "credentialName"), message, remedy, severity=severity, others=others)


@object_rule("IST0161")
def gateway_credentials_hold_certificates(graph: Graph) -> Iterator[Hit]:
    """A gateway's secret has a certificate and its key as PEM, under the names that istiod reads.

    Otherwise the listener has no certificate, and every TLS handshake is reset.
    """
    secrets = graph.once(KnownSecrets)
    for item, path, tls, mode in tls_servers(graph):
        pods = graph.selected(None, gateway_selector(item))
        name = str(tls.get("credentialName") or "")
        # Whose pods are elsewhere has its secret in one of the namespaces that have one of that name.
        for namespace in dict.fromkeys(pod.namespace for pod in pods) or secrets.only_home(name):
            secret = secrets.known.get((namespace, name))
            why = _unusable(secret) if secret else ""
            authority = secrets.known.get((namespace, f"{name}-cacert"), secret)
            if secret and not why and mode == "MUTUAL" and authority and not has_key(authority, *_AUTHORITIES):
                why = f"has no ca.crt, and there is no {name}-cacert: client certificates cannot be verified"
            if why:
                remedy = "put tls.crt and tls.key into it as PEM, for MUTUAL ca.crt too"
                others = [(secret, ("metadata", "name"))] if secret else []
                message = f"the secret {namespace}/{name} {why}"
                yield item.hit((*path, "credentialName"), message, remedy, others=others)


def _unusable(secret: Item) -> str:
    pair = pair_of(secret)
    if not pair:
        return "has neither tls.crt with tls.key nor cert with key"
    for key, what in zip(pair, ("CERTIFICATE", "PRIVATE KEY"), strict=True):
        text = text_of_key(secret, key)
        if text is not None and not has_block(text, what):
            return f"has a {key} that is not PEM" if _BEGINS not in text else f"has no {what} in {key}"
    return ""
