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
from mesh.lint.security.mtls_conflict_rules import plain_pods_are_called_without_mtls, strict_pods_are_called_with_mtls
from mesh.model.graph import Graph, full_host, service_key

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
    known = {(host, message) for host, message, _ in _conflicts(comparison.before.graph)}
    for host, message, remedy in _conflicts(comparison.after.graph):
        if (host, message) not in known:
            key = service_key(host, "")
            yield Draft(key[1] if key else host, words.now(message), Hurt.INTERRUPTS, remedy, stands=True)


def _conflicts(graph: Graph) -> Iterator[tuple[str, str, str]]:
    for rule in (strict_pods_are_called_with_mtls, plain_pods_are_called_without_mtls):
        for hit in rule(graph):
            if hit.item:
                host = full_host(str(hit.item.get("spec", "host") or ""), hit.item.namespace)
                yield host, hit.message, hit.remedy
