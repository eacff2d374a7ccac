"""Would clients accept the certificates that Gateways present? As far as their secrets are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.gateways.gateway_tls_rules import tls_servers
from fairlead_mesh.lint.gateways.known_secrets import KnownSecrets, pair_of, text_of_key
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.gateway_listeners import gateway_selector
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.security.certificates import Certificate, belongs_to, certificate

Presented = tuple[Item, Path, Path, Item, Certificate, str]
"""A Gateway, the paths to its server and to the name of the secret, the secret, its certificate and its key."""


@object_rule("IST0161")
def certificates_of_gateways_are_valid(graph: Graph) -> Iterator[Hit]:
    """The certificate of a gateway has not expired, and the key beside it is its own.

    Clients reject an expired certificate; with another key Envoy rejects both, and every TLS handshake is reset.
    """
    now = datetime.now(UTC)
    for item, _, at, secret, found, key in _presented(graph):
        name, others = f"{secret.namespace}/{secret.name}", [(secret, ("metadata", "name"))]
        if found.ends < now:
            message = f"the certificate in the secret {name} expired on {found.ends:%Y-%m-%d}, so clients reject it"
            yield item.hit(at, message, "renew it", others=others)
        if belongs_to(key, found) is False:
            message = f"the key in the secret {name} is not that of its certificate, so Envoy rejects both"
            yield item.hit(at, message, "put the key into it that the certificate was issued for", others=others)


@object_rule(severity="warning")
def certificates_name_the_hosts_of_servers(graph: Graph) -> Iterator[Hit]:
    """A certificate names the hosts of its server, as they are or by a wildcard of one label; clients reject others."""
    known: dict[tuple[Item, Path], list[str]] = {}
    for item, path, _, _, found, _ in _presented(graph):
        known.setdefault((item, path), []).extend(found.names)
    for (item, path), names in known.items():
        for at, host in item.entries(*path, "hosts") if names else ():
            asked = str(host).rpartition("/")[2].lower()
            if asked and asked != "*" and not any(_names(name.lower(), asked) for name in names):
                message = f"the certificate names {', '.join(names)} and not {asked}, so clients reject it"
                yield item.hit(at, message, "write a host that it names, or use a certificate with this one")


def _names(name: str, host: str) -> bool:
    """Whether a name in a certificate is of use for a host, which may be a wildcard itself."""
    if host.startswith("*."):
        return name.endswith(host[1:])
    return name == host or (name.startswith("*.") and name[1:] == host[host.find(".") :])


def _presented(graph: Graph) -> Iterator[Presented]:
    secrets = graph.once(KnownSecrets)
    for item, path, _, _ in tls_servers(graph):
        pods = graph.selected(None, gateway_selector(item))
        for at in ((*path, "credentialName"), *(at for at, _ in item.entries(*path, "credentialNames"))):
            name = str(item.get(*at) or "")
            for namespace in dict.fromkeys(pod.namespace for pod in pods) or secrets.only_home(name):
                secret = secrets.known.get((namespace, name))
                pair = pair_of(secret) if secret else None
                if secret and pair:
                    found = certificate(text_of_key(secret, pair[0]) or "")
                    key = text_of_key(secret, pair[1]) or ""
                    yield from [(item, path[:-1], at, secret, found, key)] if found else []
