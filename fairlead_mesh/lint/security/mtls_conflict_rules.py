"""Do callers speak what the pods understand? The TLS of DestinationRules against PeerAuthentications."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.security.tls_conflicts import DISABLE, STRICT, TlsConflict, tls_conflicts


@object_rule("KIA0207", "KIA0208")
def strict_pods_are_called_with_mtls(graph: Graph) -> Iterator[Hit]:
    """Pods with STRICT mTLS accept nothing else, so a DestinationRule must not turn the clients' mTLS off.

    Every request then gets 503 with `upstream connect error or disconnect/reset before headers`: the most common outage
    of a mesh, and no webhook and no istioctl analyze sees it.
    """
    remedy = "write mode: ISTIO_MUTUAL or remove tls, or make that policy PERMISSIVE"
    yield from (_hit(each, remedy) for each in tls_conflicts(graph) if each.taken == STRICT)


@object_rule("KIA0205", "KIA0206", "KIA0505", "KIA0506")
def plain_pods_are_called_without_mtls(graph: Graph) -> Iterator[Hit]:
    """Pods with mTLS off accept plain text only, so a DestinationRule must not make clients use mTLS: 503."""
    remedy = "remove tls, so that clients follow the policy, or make that policy PERMISSIVE"
    yield from (_hit(each, remedy) for each in tls_conflicts(graph) if each.taken == DISABLE)


def _hit(conflict: TlsConflict, remedy: str) -> Hit:
    place = (*conflict.policy.path, "tls", "mode")
    severity = "error" if conflict.is_sure else "warning"
    return conflict.policy.item.hit(place, _in_words(conflict), remedy, severity=severity)


def _in_words(conflict: TlsConflict) -> str:
    """`clients send plain text, and PeerAuthentication web/strict accepts mTLS only: every request gets 503`."""
    if conflict.taken == DISABLE:
        return f"clients use mTLS, and {conflict.said_by} turns it off for these pods: every request gets 503"
    sent = "plain text" if conflict.sent == DISABLE else "TLS without the mesh's certificate"
    return f"clients send {sent}, and {conflict.said_by} accepts mTLS only: every request gets 503"
