"""What is said of one class of requests that is treated differently? Its route, what is behind it, or its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.effects.effect import Hurt
from fairlead.effects.requests.behind import come, lacking
from fairlead.effects.requests.differing import Differing, Side, State
from fairlead.effects.requests.handling import other_handling, other_patience
from fairlead.effects.requests.said import AT, HOSTS, REQUESTS, THROUGH, Said, nothing_ends
from fairlead.effects.requests.splits import action, other_action
from fairlead.effects.witness import both_in_words, details
from fairlead.effects.words import Wording, listed
from fairlead_mesh.model.classes.conditions import of_match
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.request_words import EVERY_REQUEST, condition_in_words
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import OUTSIDE

_LOST = "clients get 404; keep the route until it gets no more requests"
_OPENED = "check who may call it: its AuthorizationPolicies, and the sources that the load balancer allows"
_SHADOWED = "the first route that matches is used: put the more specific one first"
_UNROUTED = "add a last route without a match"
_NO_NAME = "its name no longer resolves: make sure that nobody uses it any more"
_LOST_ADVICE = "keep what answered these requests until nobody sends them"
_GAINED_ADVICE = "check that these clients are meant to get an answer"
_SHOWN = {OUTSIDE: "outside the mesh"}
_THERE = (State.ROUTED, State.STRAIGHT)


def said_of(met: Differing, words: Wording, before: Graph) -> list[Said]:
    """All that is said of a class; at least that it gets another answer. Nothing of a Service that only comes, nor of
    requests that nobody answers on either side."""
    old, new = met.old, met.new
    if State.ROUTED not in (old.state, new.state) and (old.is_unnamed or new.is_unnamed):
        return list(_service(met, words))
    if moved := _moved(met, words, before):
        return [moved]
    if State.ROUTED not in (old.state, new.state) and not (old.answered or new.answered):
        return []
    said = list(_changed(met, words)) if {old.state, new.state} <= set(_THERE) else []
    return said if said and not (met.has_other_ends and nothing_ends(said)) else [*said, _answer(met, words)]


def _moved(met: Differing, words: Wording, before: Graph) -> Said | None:
    """Where requests get a route, or lose theirs."""
    old, new = met.old, met.new
    if old.state not in _THERE and new.state is State.ROUTED and new.answered and not old.answered:
        return _gained(met, words, before)
    if old.state is State.ROUTED and new.state not in _THERE and not (new.answered and old.answered):
        return _lost(met, words)
    if new.state is State.UNROUTED and old.state is State.STRAIGHT:
        return _left_over(words)
    if new.state is State.STRAIGHT and old.state is State.UNROUTED:
        return Said(
            words.now("requests inside the mesh that matched no route go to its Service"), ends=True, gains=True
        )
    return None


def unseen(met: Differing, words: Wording) -> list[Said]:
    """What is said of a class whose routes are not alike, though no answer of an app shows it: of what happens where
    connections fail."""
    return list(other_patience(met.old.route.settings, met.new.route.settings, words))


def _gained(met: Differing, words: Wording, before: Graph) -> Said:
    told = action(met.new).words
    if met.is_inside and met.old.state is State.UNROUTED:
        return Said(words.instead(f"{REQUESTS}:", "404", told), ends=True, gains=True)
    brief = words.now(f"reachable {THROUGH}")
    taker = met.new.taker
    alone = taker and told == taker.route.item.name
    text = f"{words.now(f'reachable {THROUGH} {AT}')}{'' if alone else f': {told}'}"
    return Said(
        text,
        *((Hurt.EXPOSES, _OPENED) if _was_there(met.new, before) else (None, "")),
        brief=brief,
        ends=True,
        gains=True,
    )


def _was_there(side: Side, before: Graph) -> bool:
    """Whether something that is reached was there before, as far as the side itself has it."""
    keys = (service_key(to.name.partition(" ")[0], "") for _, to in side.destinations)
    return any(key in before.services for key in keys if key)


def _lost(met: Differing, words: Wording) -> Said:
    taker = met.old.taker
    everything = taker and condition_in_words(taker.match) == EVERY_REQUEST
    if met.new.state is State.UNROUTED and everything and met.new.entrance.takers:
        return _left_over(words)
    if met.is_inside and met.new.state is State.UNROUTED:
        return Said(words.now(f"{REQUESTS} get 404"), Hurt.INTERRUPTS, _LOST, ends=True)
    gone = words.no_longer(f"reachable {THROUGH}")
    partly = met.new.state is State.UNROUTED
    text = words.no_longer(f"reachable {THROUGH} {AT if partly else HOSTS}")
    return Said(text, Hurt.INTERRUPTS, _LOST, "" if partly else gone, ends=True)


def _left_over(words: Wording) -> Said:
    text = words.now(f"requests {HOSTS} {THROUGH} that match none of its routes get 404")
    return Said(text, Hurt.INTERRUPTS, _UNROUTED, ends=True)


def _service(met: Differing, words: Wording) -> Iterator[Said]:
    """Of a Service that goes; who calls one that comes is told nothing new."""
    key = service_key(met.of.request.host, "")
    if met.new.is_unnamed and key:
        yield Said(words.deleted, Hurt.INTERRUPTS, _NO_NAME, ends=True, subject=f"Service {'/'.join(key)}")


def _changed(met: Differing, words: Wording) -> Iterator[Said]:
    old, new = met.old, met.new
    was, now = action(old), action(new)
    shadowed = (Hurt.INTERRUPTS, _SHADOWED) if _is_shadowed(old, new) else (None, "")
    for text in other_action(was, now, words):
        yield Said(text, *shadowed, ends=bool(was.answer or now.answer))
    if not was.answer and not now.answer:
        yield from other_handling(old.route.settings, new.route.settings, words)
        yield from lacking(met, words)
        yield from come(met, words)


def _is_shadowed(old: Side, new: Side) -> bool:
    """Whether a route for the same requests is still there, and another one before it takes them."""
    if not (old.taker and new.taker) or old.taker.asked == new.taker.asked:
        return False
    listed = new.entrance.mesh.routes(new.taker.route.item).listed
    return any(of_match(match) == old.taker.asked for each in listed for match in each.matches or ({},))


def _answer(met: Differing, words: Wording) -> Said:
    hurt = met.hurt
    advice = {Hurt.EXPOSES: _GAINED_ADVICE, None: ""}.get(hurt, _LOST_ADVICE)
    sides = (met.of.before, met.of.after)
    pods, codes = [_pods(each) for each in sides], [_codes(each) for each in sides]
    moved = not met.has_other_ends and pods[0] != pods[1] and all(pods)
    other = [words.instead(*each) for each in details(*sides)]
    ends = words.instead(*((f"{REQUESTS} go to", *pods) if moved else (f"{REQUESTS} get", *both_in_words(*sides))))
    brief = f"{REQUESTS} are answered differently" if codes[0] == codes[1] else words.instead(f"{REQUESTS} get", *codes)
    stands = gains = met.gains
    text = f"{REQUESTS}: {'; '.join(other)}" if other and not moved else ends
    said = Said(text, hurt, advice, brief, ends=True, stands=stands, gains=gains)
    one = met.of.request
    is_part = met.old.is_cut or met.new.is_cut or met.of.app
    return replace(said, such_as=(f"{one.method} {one.path}",)) if is_part else said


def _pods(found: Explanation) -> str:
    return listed(_SHOWN.get(name, name) for name in sorted(found.answered))


def _codes(found: Explanation) -> str:
    return listed(map(str, sorted({each.status or each.in_words for each in found.outcomes}, key=str)))
