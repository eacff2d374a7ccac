"""What does a Service do to requests that no single answer shows? The target ports of its pods, and its protocols.

The name of a port, or its appProtocol, tells Istio the protocol; HTTP routes hold for HTTP ports only
(Istio: ops/configuration/traffic-management/protocol-selection). Who answers at a Service is told by its requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.words import Draft, Wording, effects, wording
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.protocols import service_protocol

_PROTOCOL = "HTTP routes, retries and policies apply only to ports whose protocol is HTTP"
_GUESSED = "automatic detection"
_OF_GATEWAYS = ("LoadBalancer", "NodePort")


def watch(comparison: Comparison) -> Effects:
    """Services of both sides that the stack itself declares."""
    words = wording(comparison)
    before, after = comparison.before.graph.services, comparison.after.graph.services
    kept = ((old, after[key]) for key, old in sorted(before.items()) if key in after)
    drafts = [draft for old, new in kept if not new.brought for draft in _ports(old, new, words)]
    yield from effects(drafts, words, Kind.TRAFFIC)


def _ports(old: Item, new: Item, words: Wording) -> Iterator[Draft]:
    if old.spec.get("type") in _OF_GATEWAYS or old.manifest == new.manifest:
        return
    about = frozenset((f"host/{new.name}.{new.namespace}.svc.cluster.local",))
    before, after = _by_number(old), _by_number(new)
    for number in sorted(before.keys() & after.keys(), key=lambda each: (len(each), each)):
        targets = [str(port[number].get("targetPort") or number) for port in (before, after)]
        if targets[0] != targets[1]:
            yield Draft(str(new), words.instead(f"port {number} has target port", *targets), about=about)
        spoken = [service_protocol(port[number]) or _GUESSED for port in (before, after)]
        if spoken[0] != spoken[1]:
            text = words.goes(f"the protocol of port {number}", *spoken)
            yield Draft(str(new), text, Hurt.INTERRUPTS, _PROTOCOL, about=about)


def _by_number(service: Item) -> Mapping[str, dict[str, Any]]:
    return {str(port["port"]): port for _, port in service.maps("spec", "ports") if "port" in port}
