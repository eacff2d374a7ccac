"""Are the certificates there that Gateways name, where the gateway's pods look for them?"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mesh.findings import Hit
from mesh.lint.gateways.gateway_tls_rules import tls_servers
from mesh.lint.rule import object_rule
from mesh.model.gateway_listeners import gateway_selector
from mesh.model.graph import Graph
from mesh.model.item import Item
from mesh.model.yaml_values import as_map

_PAIRS = (("tls.crt", "tls.key"), ("cert", "key"))
_AUTHORITIES = ("ca.crt", "cacert")
_BEGINS = "-----BEGIN "


class _Secrets:
    """Secrets by (namespace, name), with those that a controller makes of another object."""

    def __init__(self, graph: Graph):
        self._graph = graph

    @cached_property
    def known(self) -> dict[tuple[str, str], Item]:
        return {(item.namespace, item.name): item for item in self._graph.all_of_kind("Secret")}

    @cached_property
    def made(self) -> set[tuple[str, str]]:
        names = {
            "Certificate": ("spec", "secretName"),
            "ExternalSecret": ("spec", "target", "name"),
            "SealedSecret": ("spec", "template", "metadata", "name"),
        }
        items = self._graph.all_of_kind(*names)
        return {(item.namespace, str(item.get(*names[item.kind]) or item.name)) for item in items}

    @cached_property
    def homes(self) -> dict[str, str]:
        """Name -> the first namespace that has a secret of that name."""
        return {name: namespace for namespace, name in sorted({*self.known, *self.made}, reverse=True)}

    def only_home(self, name: str) -> list[str]:
        """The namespace of the secret, where there is one of that name only."""
        found = [namespace for namespace, known in (*self.known, *self.made) if known == name]
        return found if len(found) == 1 else []

    @cached_property
    def namespaces(self) -> set[str]:
        return {namespace for namespace, _ in (*self.known, *self.made)}


@object_rule("IST0101", severity="warning")
def gateway_credentials_exist(graph: Graph) -> Iterator[Hit]:
    """A gateway reads its certificate from a secret in the namespace of its pods, not in that of the Gateway.

    If the secret does not exist, the listener has no certificate: every TLS handshake is reset, and only istiod's log
    says why.
    """
    secrets = _Secrets(graph)
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
    secrets = _Secrets(graph)
    for item, path, tls, mode in tls_servers(graph):
        pods = graph.selected(None, gateway_selector(item))
        name = str(tls.get("credentialName") or "")
        # Whose pods are elsewhere has its secret in one of the namespaces that have one of that name.
        for namespace in dict.fromkeys(pod.namespace for pod in pods) or secrets.only_home(name):
            secret = secrets.known.get((namespace, name))
            why = _unusable(secret) if secret else ""
            authority = secrets.known.get((namespace, f"{name}-cacert"), secret)
            if secret and not why and mode == "MUTUAL" and authority and not _has(authority, *_AUTHORITIES):
                why = f"has no ca.crt, and there is no {name}-cacert: client certificates cannot be verified"
            if why:
                remedy = "put tls.crt and tls.key into it as PEM, for MUTUAL ca.crt too"
                others = [(secret, ("metadata", "name"))] if secret else []
                message = f"the secret {namespace}/{name} {why}"
                yield item.hit((*path, "credentialName"), message, remedy, others=others)


def _unusable(secret: Item) -> str:
    pair = next((pair for pair in _PAIRS if all(_has(secret, key) for key in pair)), None)
    if not pair:
        return "has neither tls.crt with tls.key nor cert with key"
    broken = [key for key in pair if not _is_pem(secret, key)]
    return f"has a {broken[0]} that is not PEM" if broken else ""


def _has(secret: Item, *keys: str) -> bool:
    return any(as_map(secret.manifest.get(part)).get(key) for part in ("data", "stringData") for key in keys)


def _is_pem(secret: Item, key: str) -> bool:
    plain: Any = as_map(secret.manifest.get("stringData")).get(key)
    if plain is None:
        try:
            encoded = str(as_map(secret.manifest.get("data")).get(key))
            plain = base64.b64decode("".join(encoded.split()), validate=True).decode("ascii", "replace")
        except (binascii.Error, ValueError):
            # What is no base64 stands for a value that is not shown, as [secret] does.
            return True
    return _BEGINS in str(plain) or "[secret]" in str(plain)
