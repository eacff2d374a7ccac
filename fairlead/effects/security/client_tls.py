"""What do callers speak to a host? TLS that DestinationRules ask for, and whether the pods take it.

Left to itself a sidecar speaks mTLS to pods that have one; STRICT pods take nothing else, and pods whose mTLS is off
take plain text only (Istio: ops/common-problems/network-issues, 503 after a DestinationRule).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Hurt
from fairlead.effects.words import Draft, Wording
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.security.tls_conflicts import STRICT, TlsConflict, tls_conflicts

_AUTOMATIC = "automatic mTLS"
_MODES = {
    "": _AUTOMATIC,
    "UNSET": _AUTOMATIC,
    "DISABLE": "plain text",
    "SIMPLE": "TLS",
    "MUTUAL": "mTLS with their own client certificate",
    "ISTIO_MUTUAL": "Istio's mTLS",
}
_OPEN = "their requests are not encrypted"
_UNVERIFIED = "anyone in between can read the traffic"
_PERMISSIVE = "write mode: ISTIO_MUTUAL or remove tls, or make that policy PERMISSIVE"
_FOLLOW = "remove tls, so that clients follow the policy, or make that policy PERMISSIVE"
_SETTINGS = {"sni": "the SNI that clients send", "credentialName": "the client certificate"}
Tls = Mapping[str, Any]


def other_tls(subject: str, old: Tls, new: Tls, is_service: bool, words: Wording) -> Iterator[Draft]:
    """How the TLS of callers differs; to a host outside the mesh nothing is automatic."""
    modes = [_mode(each, is_service) for each in (old, new)]
    if modes[0] != modes[1]:
        plain = modes[1] == _MODES["DISABLE"]
        text = words.instead("clients use", *modes)
        yield Draft(subject, text, Hurt.EXPOSES if plain else None, _OPEN if plain else "")
    if bool(new.get("insecureSkipVerify")) and not old.get("insecureSkipVerify"):
        yield Draft(subject, words.now("its certificate is not verified"), Hurt.EXPOSES, _UNVERIFIED)
    for key, what in _SETTINGS.items():
        if old.get(key) != new.get(key):
            yield Draft(subject, words.goes(what, old.get(key) or "none", new.get(key) or "none"))


def _mode(tls: Tls, is_service: bool) -> str:
    mode = str(tls.get("mode") or "")
    return _MODES["DISABLE"] if mode in ("", "UNSET") and not is_service else _MODES.get(mode, mode)


def conflicts(comparison: Comparison, words: Wording) -> Iterator[Draft]:
    """Callers and pods that no longer understand each other, whichever of the two changed."""
    known = {(each.host, each.sent, each.taken) for each in tls_conflicts(comparison.before.graph)}
    for each in tls_conflicts(comparison.after.graph):
        if (each.host, each.sent, each.taken) not in known:
            key = service_key(each.host, "")
            advice = _PERMISSIVE if each.taken == STRICT else _FOLLOW
            yield Draft(key[1] if key else each.host, words.now(_refusal(each)), Hurt.INTERRUPTS, advice,
                        stands=True, about=frozenset((f"host/{each.host}",)))  # fmt: skip


def _refusal(conflict: TlsConflict) -> str:
    """`clients send plain text, and PeerAuthentication web/strict accepts mTLS only: every request gets 503`."""
    taken = "accepts mTLS only" if conflict.taken == STRICT else "turns it off for these pods"
    return f"clients send {_MODES[conflict.sent]}, and {conflict.said_by} {taken}: every request gets 503"
