"""Who may connect in plain text, and who may no longer? Every mTLS mode that is another on the two sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt, Kind, Sender
from fairlead.effects.security.mtls_modes import Modes
from fairlead.effects.telling import together
from fairlead.effects.words import Wording, few, wording
from fairlead.effects.workloads.subjects import THE_MESH, Subjects, of_namespace

_REQUIRED, _TAKEN, _OFF = "STRICT", "PERMISSIVE", "DISABLE"
_WORDS = {
    (_TAKEN, _REQUIRED): ("plain-text requests are rejected", Hurt.REFUSES),
    (_OFF, _REQUIRED): ("mTLS is required: plain-text requests are rejected", Hurt.REFUSES),
    (_REQUIRED, _TAKEN): ("plain-text requests are accepted", Hurt.EXPOSES),
    (_REQUIRED, _OFF): ("mTLS is off: all requests are plain text", Hurt.EXPOSES),
    (_TAKEN, _OFF): ("mTLS is off: all requests are plain text", Hurt.EXPOSES),
    (_OFF, _TAKEN): ("mTLS is on, and plain-text requests are still accepted", None),
}
_ALLOWED = "anyone who can reach the pods can call them without an identity, and passes rules that require none"
_PLAIN = "requests are not encrypted, and rules on principals or namespaces match no client"
_UNKNOWN = "first look in istio_requests_total for requests with connection_security_policy none"


@dataclass(frozen=True)
class _Shift:
    """The mode of somebody on both sides; `but` says for whom of them it does not hold."""

    subject: str
    before: str
    after: str
    about: str
    but: str = ""


def watch(comparison: Comparison) -> Effects:
    """What every change of a mode does to callers in plain text."""
    before, after, words = Modes(comparison.before), Modes(comparison.after), wording(comparison)
    whole = _Shift(THE_MESH, before.of_mesh, after.of_mesh, "mesh", _exceptions(before, after))
    subjects = Subjects(before.graph, after.graph)
    shifts = (whole, *_namespaces(before, after), *_pods(before, after, subjects), *_unseen(before, after))
    yield from together(_effect(each, words, after) for each in shifts if each.before != each.after)


def _exceptions(before: Modes, after: Modes) -> str:
    """Namespaces that keep their mode though the mesh changes, as they have a policy of their own."""
    named = sorted(set(after.policies.of_all) - {after.root})
    kept = [name for name in named if before.of(name) == after.of(name) != after.of_mesh]
    return f", except in {few(kept)}" if kept else ""


def _namespaces(before: Modes, after: Modes) -> Iterator[_Shift]:
    """Namespaces that change by a policy of their own; what all of the mesh does is said already."""
    named = {*before.policies.of_all, *after.policies.of_all} - {before.root, after.root}
    for name in sorted(named):
        modes = (before.of(name), after.of(name))
        if _stays(name, before, after) and modes != (before.of_mesh, after.of_mesh):
            yield _Shift(of_namespace(name), *modes, f"namespace/{name}")


def _stays(namespace: str, before: Modes, after: Modes) -> bool:
    """Whether a namespace is there on both sides, or its object on neither."""
    return (namespace in before.graph.namespaces) == (namespace in after.graph.namespaces)


def _pods(before: Modes, after: Modes, subjects: Subjects) -> Iterator[_Shift]:
    """Pods that a policy selects and that are there on both sides, and their ports."""
    for key in sorted((before.selected | after.selected) & before.pods.keys() & after.pods.keys()):
        subject, pods = subjects.of(after.pods[key]), f"pods/{key[0]}/{key[2]}"
        whole = (before.of_pod(key), after.of_pod(key))
        ports = {
            port: (before.of_port(key, port), after.of_port(key, port))
            for port in sorted(before.ports(key) | after.ports(key))
        }
        if whole != (before.of(key[0]), after.of(key[0])):
            yield _Shift(subject, *whole, pods, _but(whole, ports))
        yield from (_Shift(f"{subject} port {port}", *modes, pods) for port, modes in ports.items() if modes != whole)


def _but(whole: tuple[str, str], ports: dict[int, tuple[str, str]]) -> str:
    kept = [str(port) for port, modes in ports.items() if modes[0] == modes[1] != whole[1]]
    return f", except on port {few(kept)}" if kept else ""


def _unseen(before: Modes, after: Modes) -> Iterator[_Shift]:
    """Pods that are no part of the stack, by what selects them."""
    for subject in sorted(before.unseen.keys() | after.unseen.keys()):
        namespace = (before.unseen.get(subject) or after.unseen[subject])[0]
        old, new = (
            each.unseen.get(subject, (namespace, each.of(namespace), dict[int, str]())) for each in (before, after)
        )
        if not _stays(namespace, before, after):
            continue
        if (old[1], new[1]) != (before.of(namespace), after.of(namespace)):
            yield _Shift(subject, old[1], new[1], f"namespace/{namespace}")
        for port in sorted(old[2].keys() | new[2].keys()):
            modes = (old[2].get(port, old[1]), new[2].get(port, new[1]))
            if modes != (old[1], new[1]):
                yield _Shift(f"{subject} port {port}", *modes, f"namespace/{namespace}")


def _effect(shift: _Shift, words: Wording, after: Modes) -> Effect:
    about = frozenset((shift.about,))
    if (shift.before, shift.after) not in _WORDS:
        text = words.goes("mTLS mode", shift.before, shift.after)
        return Effect(shift.subject, text, kind=Kind.TRAFFIC, about=about)
    text, hurt = _WORDS[shift.before, shift.after]
    advice = _advice(shift.after, hurt, after)
    sender = Sender.PLAIN_TEXT if hurt and shift.after != _OFF else None
    return Effect(shift.subject, words.now(text) + shift.but, hurt, advice, Kind.TRAFFIC, about=about, sender=sender)


def _advice(mode: str, hurt: Hurt | None, after: Modes) -> str:
    if hurt is Hurt.REFUSES and after.without_sidecar:
        return f"pods without a sidecar in {few(after.without_sidecar)} can no longer call: inject sidecars first"
    if hurt is Hurt.REFUSES:
        return _UNKNOWN
    return (_ALLOWED if mode == _TAKEN else _PLAIN) if hurt else ""
