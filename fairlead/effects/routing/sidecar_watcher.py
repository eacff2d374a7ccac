"""What may sidecars of a namespace call that no object knows? The outboundTrafficPolicy of Sidecar objects.

Which hosts a Sidecar leaves to whom is told by the requests that fare differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt
from fairlead.effects.words import Draft, Wording, effects, wording
from fairlead_mesh.model.pods.sidecar_scopes import OutboundMode, outbound_modes

_REFUSED = "requests to unknown hosts are blocked: add ServiceEntries for them first"
_OF_MESH = "the mesh's"


def watch(comparison: Comparison) -> Effects:
    """Sidecar objects, by the pods that they hold for."""
    words = wording(comparison)
    before, after = (outbound_modes(side.graph) for side in (comparison.before, comparison.after))
    yield from effects(_drafts(before, after, words), words)


def _drafts(before: Mapping[str, OutboundMode], after: Mapping[str, OutboundMode], words: Wording) -> Iterator[Draft]:
    for subject in sorted({*before, *after}):
        modes = [side.get(subject, "") or _OF_MESH for side in (before, after)]
        if modes[0] != modes[1]:
            refuses = modes[1] == "REGISTRY_ONLY"
            text = words.goes("outboundTrafficPolicy", *modes)
            yield Draft(subject, text, Hurt.INTERRUPTS if refuses else None, _REFUSED if refuses else "")
