"""What do callers notice of a change of policies? Those let in or refused from now on, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fairlead.effects.effect import Hurt
from fairlead.effects.security.call_words import call_in_words, in_words, refusal
from fairlead.effects.telling import ends
from fairlead.effects.words import Wording
from fairlead_mesh.model.hostnames import covers
from fairlead_mesh.model.security.authorization import Meaning
from fairlead_mesh.model.security.calls import ALL, Call, merged

_CUSTOM = "CUSTOM "
_PAIRS = 40_000
_NOBODY = "every request gets 403; add rules for the clients that may call"
_KNOWN = "plain-text clients have no identity and are denied too; istio_requests_total shows who calls today"
_CALLERS = "istio_requests_total shows who calls today"
_WIDER = "check whether single service accounts, methods and paths are enough"
_ONLY_ALLOW = "only the remaining policies restrict them"
_OPEN = "anyone who can reach the pods may call them; keep an ALLOW policy for the intended clients"

Said = tuple[str, Hurt | None, str]
"""Text, hurt and advice."""

Home = tuple[str, str]
"""A namespace, and what callers from outside of it are called."""


def stated(meaning: Meaning, place: Home, words: Wording) -> Iterator[Said]:
    """What holds for somebody who is new, and so refuses nobody who was let in."""
    if ALL not in meaning.allowed:
        for text, _, _ in _closed(meaning.allowed, place):
            yield words.now(text), None, ""


def change(
    before: Meaning, after: Meaning, place: Home, words: Wording, *, others: bool, heard: Collection[str] | None = None
) -> Iterator[Said]:
    """What becomes of calls.

    `others`: narrower policies let some calls in besides. `heard` are the hosts that a gateway had routes for: whoever
    is refused at another one was answered by nobody before.
    """
    old, new = before.allowed, after.allowed
    if ALL in old and ALL not in new:
        for text, hurt, advice in _closed(new, place, others=others):
            yield words.now(text), hurt, advice
    elif ALL in new and ALL not in old:
        yield (
            words.now(
                "every request that no policy denies is allowed"
                if after.said.get("DENY")
                else "every request is allowed"
            ),
            Hurt.EXPOSES,
            _OPEN,
        )
    else:
        yield from _moved(old, new, words)
    yield from _denied(before.said.get("DENY", set()), after.said.get("DENY", set()), words, heard)
    yield from _delegated(before, after, words, heard)
    yield from _audited(before.said.get("AUDIT", set()), after.said.get("AUDIT", set()), words)


def _closed(allowed: set[Call], place: Home, *, others: bool = False) -> Iterator[Said]:
    """From all calls to some."""
    namespace, callers = place
    if not allowed and others:
        yield "only requests that narrower policies allow are allowed", Hurt.REFUSES, _CALLERS
    elif not allowed:
        yield "every request is denied", Hurt.INTERRUPTS, _NOBODY
    elif allowed == {Call((("namespaces", (namespace,)),))}:
        yield f"{callers} are denied", Hurt.REFUSES, _KNOWN
    else:
        yield f"only {in_words(allowed)} are allowed, all others are denied", Hurt.REFUSES, _advice(allowed)


def _moved(old: set[Call], new: set[Call], words: Wording) -> Iterator[Said]:
    """From some calls to others."""
    gone, come = _without(old, new), _without(new, old)
    if gone and not new:
        yield words.now("every request is denied"), Hurt.INTERRUPTS, _NOBODY
        return
    for call, left in _parted(gone, new):
        text = f"of {call_in_words(call)} only {in_words(left)} are allowed" if left else None
        yield words.now(text or refusal(call)), Hurt.REFUSES, _CALLERS
    for call, was in _parted(come, old):
        text = f"{call_in_words(call)} are allowed" + (f", not only {in_words(was)}" if was else "")
        yield words.now(text), Hurt.EXPOSES, _WIDER


def _denied(old: set[Call], new: set[Call], words: Wording, heard: Collection[str] | None) -> Iterator[Said]:
    for call in merged(_without(new, old)):
        hurt = Hurt.INTERRUPTS if call == ALL else Hurt.REFUSES
        text = words.now(f"{call_in_words(call)} are denied")
        yield (text, None, "") if _is_unheard(call, heard) else (text, hurt, _CALLERS)
    for call, left in _parted(_without(old, new), new):
        but = f", only {in_words(left)} still are" if left else ""
        yield ends(words, call_in_words(call), "are denied") + but, Hurt.EXPOSES, _ONLY_ALLOW


def _is_unheard(call: Call, heard: Collection[str] | None) -> bool:
    """Whether a call is to hosts alone that the gateway had no route for."""
    hosts = {host.removesuffix(":*") for host in call.fields.get("hosts", ())}
    if heard is None or not hosts:
        return False
    return not any(covers(one, other) or covers(other, one) for one in hosts for other in heard)


def _delegated(before: Meaning, after: Meaning, words: Wording, heard: Collection[str] | None) -> Iterator[Said]:
    for action in sorted({*before.said, *after.said}):
        if action.startswith(_CUSTOM):
            who = f"extension provider {action.removeprefix(_CUSTOM)}".strip()
            old, new = before.said.get(action, set[Call]()), after.said.get(action, set[Call]())
            for call in merged(_without(new, old)):
                advice = f"while {who} cannot be reached, these requests are denied unless failOpen is set"
                hurt = None if _is_unheard(call, heard) else Hurt.REFUSES
                yield words.now(f"{who} authorizes {call_in_words(call)}"), hurt, advice if hurt else ""
            for call in merged(_without(old, new)):
                yield ends(words, who, f"authorizes {call_in_words(call)}"), Hurt.EXPOSES, _ONLY_ALLOW


def _audited(old: set[Call], new: set[Call], words: Wording) -> Iterator[Said]:
    if come := _without(new, old):
        yield words.now(f"{in_words(come)} are marked for audit, none is denied"), None, ""
    if gone := _without(old, new):
        yield ends(words, in_words(gone), "are marked for audit"), None, ""


def _without(calls: set[Call], others: set[Call]) -> set[Call]:
    """The calls of one set that no single one of the other holds."""
    left = calls - others
    if len(left) * len(others) > _PAIRS:
        return left
    return {each for each in left if not any(other.covers(each) for other in others)}


def _parted(calls: set[Call], others: set[Call]) -> Iterator[tuple[Call, list[Call]]]:
    """The calls put together, and those of the other side that are among them: first those of which none is left."""
    held = {each: [other for other in others if each.covers(other)] for each in sorted(calls)}
    for call in merged(each for each, left in held.items() if not left):
        yield call, []
    yield from ((call, left) for call, left in held.items() if left)


def _advice(allowed: Iterable[Call]) -> str:
    identities = ("principals", "namespaces", "serviceAccounts")
    fields = {field for call in allowed for field, _ in call.conditions}
    return _KNOWN if fields & set(identities) else _CALLERS
