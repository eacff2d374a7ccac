"""Who gets through AWS's security groups? Ports opened and closed, and to whom.

What Istio needs open is the port table's (fairlead_mesh/ports.py); a closed webhook port leaves the API server waiting
until its call times out (Istio: ops/common-problems/injection).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt
from fairlead.effects.security.networks import in_words, is_everybody
from fairlead.effects.security.security_group_rules import ALL_PROTOCOLS, Opening, Openings, openings
from fairlead.effects.words import Draft, Wording, effects, few, wording
from fairlead_mesh.ports import PORTS

_NEEDED = {port.number: port for port in PORTS if port.opened_from_control_plane}
_WEBHOOKS_FAIL = (
    "unless another rule allows it, the API server's webhook requests time out: no pod with a sidecar is created"
)
_PROXIES_FAIL = "unless another rule allows it, proxies get neither configuration nor certificates"
_CLOSED = "make sure that no client uses it any more"
_OPENED = "make sure that these sources are intended"
_TO_ALL = "allow only the sources that need it"
_EVERY_PORT = (0, 65535)


def watch(comparison: Comparison) -> Effects:
    """Ingress rules of security groups."""
    words = wording(comparison)
    before, after = openings(comparison.before), openings(comparison.after)
    drafts = [*_opened(before, after, words), *_closed(before, after, words)]
    yield from effects(drafts, words)


def _opened(before: Openings, after: Openings, words: Wording) -> Iterator[Draft]:
    for opening in _all(after):
        if sources := before.beyond(opening):
            text = words.now(f"{_port(opening)} is open to {few(in_words(sources))}")
            yield Draft(_subject(opening), text, *_hurt_of_opening(sources))


def _hurt_of_opening(sources: Sequence[str]) -> tuple[Hurt | None, str]:
    if is_everybody(sources):
        return Hurt.EXPOSES, _TO_ALL
    return (Hurt.EXPOSES, _OPENED) if any("/" in source for source in sources) else (None, "")


def _closed(before: Openings, after: Openings, words: Wording) -> Iterator[Draft]:
    gone = before.groups - after.groups
    for opening in _all(before):
        # What a group that goes let in, another one or none may let in as well: nothing is known to be closed.
        if opening.group not in gone and (sources := after.beyond(opening)):
            text = words.no_longer(f"open to {few(in_words(sources))}")
            yield Draft(_subject(opening), f"{_port(opening)} is {text}", *_hurt_of_closing(opening))


def _hurt_of_closing(opening: Opening) -> tuple[Hurt, str]:
    needed = [number for number in _NEEDED if opening.ports[0] <= number <= opening.ports[1]]
    if not needed or opening.group.endswith("-front"):
        return Hurt.REFUSES, _CLOSED
    return Hurt.INTERRUPTS, _WEBHOOKS_FAIL if any(_NEEDED[each].key == "webhooks" for each in needed) else _PROXIES_FAIL


def _all(side: Openings) -> Iterator[Opening]:
    for group in sorted(side.by_group):
        yield from side.by_group[group]


def _subject(opening: Opening) -> str:
    return f"security group {opening.group}" if opening.group else "security groups of the nodes"


def _port(opening: Opening) -> str:
    if opening.ports == _EVERY_PORT:
        return "every port" if opening.protocol == ALL_PROTOCOLS else f"every {opening.protocol.upper()} port"
    first, last = opening.ports
    number = f"port {first}" if first == last else f"ports {first} to {last}"
    purpose = f" ({opening.purpose})" if opening.purpose and not opening.group else ""
    return f"{number}{purpose}"
