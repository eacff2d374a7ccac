"""Where does a route send its requests, and what is another destination than before? In words, per version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fairlead.effects.requests.differing import Side, State
from fairlead.effects.requests.said import REQUESTS
from fairlead.effects.words import Wording, listed
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.routes import Share

NONE = "none"


@dataclass(frozen=True)
class Action:
    """What becomes of requests: `shares` of them, or an `answer`."""

    shares: tuple[Share, ...]
    answer: str
    direct: bool = False
    """That nothing routes them: they go to the Service whose name they bear."""

    @property
    def words(self) -> str:
        """`v1 70 %, v2 30 %`."""
        if self.direct:
            return "all pods of its Service"
        named = _names(self)
        if self.answer or len(self.shares) != 1:
            split = ", ".join(f"{named[_place(each)]} {each.per_cent}" for each in self.shares if each.percent)
            return self.answer or split or "no destination"
        return named[_place(self.shares[0])]


def action(side: Side) -> Action:
    """What a side does with its requests."""
    return Action(side.route.shares, side.route.answer, side.state is State.STRAIGHT)


def other_action(old: Action, new: Action, words: Wording) -> Iterator[str]:
    """How the one differs from the other, as far as versions and answers go."""
    if old.answer or new.answer:
        if old.words != new.words:
            yield words.instead(f"{REQUESTS}:", old.words, new.words)
        return
    if old.direct or new.direct:
        if [_place(each) for each in old.shares] != [_place(each) for each in new.shares]:
            yield words.instead(f"{REQUESTS}:", old.words, new.words)
        return
    named = _names(old, new)
    before, after = _percents(old, named), _percents(new, named)
    if before != after:
        yield _split(before, after, words)
    yield from _ports(old, new, named, words)


def _split(before: Mapping[str, float], after: Mapping[str, float], words: Wording) -> str:
    if not words.deploys:
        return f"{REQUESTS} go to {_shown(before)} in {words.before}, to {_shown(after)} in {words.after}"
    if len(before) == len(after) == 1:
        return f"{REQUESTS} go to {_alone(after)} instead of {_alone(before)}"
    changed = [name for name in {**after, **before} if before.get(name, 0) != after.get(name, 0)]
    # Of two versions, one's gain is the other's loss: only who gains is said, unless somebody gets nothing any more.
    changed.sort(key=lambda name: before.get(name, 0) - after.get(name, 0))
    if len({**before, **after}) == 2 and len(before) == len(after) == 2:  # noqa: PLR2004 - of two versions
        changed = changed[:1]
    first, *others = [(name, _percent(before.get(name)), _percent(after.get(name))) for name in changed]
    more = [f"{name} from {old} to {new}" for name, old, new in others]
    rest = f", {listed(more)}" if more else ""
    return f"{first[0]} goes from {first[1]} to {first[2]} of {REQUESTS}{rest}"


def _alone(shares: Mapping[str, float]) -> str:
    return next(iter(shares))


def _shown(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {_percent(share)}" for name, share in shares.items()) or "no destination"


def _percent(share: float | None) -> str:
    return f"{share:g} %" if share else NONE


def _percents(action: Action, named: Mapping[tuple[str, str], str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for share in action.shares:
        if share.percent:
            name = named[_place(share)]
            found[name] = round(found.get(name, 0) + share.percent, 2)
    return found


def _ports(old: Action, new: Action, named: Mapping[tuple[str, str], str], words: Wording) -> Iterator[str]:
    before, after = ({_place(each): each.port for each in side.shares if each.percent} for side in (old, new))
    for place in sorted(before.keys() & after.keys()):
        ports = before[place], after[place]
        if ports[0] and ports[1] and ports[0] != ports[1]:
            yield words.instead(f"{REQUESTS} go to {named[place]} on port", *ports)


def _place(share: Share) -> tuple[str, str]:
    return share.host, share.subset


def _names(*actions: Action) -> dict[tuple[str, str], str]:
    """What a person calls each destination: no longer than needed to tell them apart."""
    places = {_place(share): share for action in actions for share in action.shares}
    short = [share.version for share in places.values()]
    return {
        place: share.version if short.count(share.version) == 1 else _in_full(share) for place, share in places.items()
    }


def _in_full(share: Share) -> str:
    key = service_key(share.host, "")
    service = f"{key[1]}.{key[0]}" if key else share.host
    return f"{share.subset} of {service}" if share.subset else service
