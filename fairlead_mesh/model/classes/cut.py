"""Which classes of requests are there at an entrance? One request of each, with the routes that take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fairlead_mesh.model.classes.boxes import Box, first_taken, told_apart
from fairlead_mesh.model.classes.conditions import Conjunction
from fairlead_mesh.model.classes.entrance import Entrance, Taker
from fairlead_mesh.model.classes.host_headers import kind
from fairlead_mesh.model.classes.space import Space, space
from fairlead_mesh.model.requests.request import Request

_MOST = 5_000
_TOO_MANY = f"the rules for one host tell more than {_MOST:,} classes of requests apart"
_INVALID = {"authorization": "Bearer invalid"}
Takers = tuple[Taker | None, ...]
_Piece = tuple[Box, Takers]


@dataclass(frozen=True, eq=False)
class RequestClass:
    """Requests that no rule of any side tells apart, by one of them; `takers` are the routes that take them, side by
    side, None where no route does."""

    request: Request
    takers: Takers


@dataclass(frozen=True, eq=False)
class Cut:
    """The classes of an entrance. `open`: why there may be more; empty where these are all."""

    classes: tuple[RequestClass, ...]
    open: str = ""


def cut(sides: Sequence[Entrance], like: Request, *, issuers: Iterable[str] = ()) -> Cut:
    """The classes of requests that are `like` this one but for path, method, query, headers and token; `issuers` are
    those whose tokens are taken."""
    listed = sorted(issuers)
    rules = [rule for side in sides for rule in _rules(side)]
    headers = [side.host_headers for side in sides]
    whole = space(like, listed, list(dict.fromkeys(rules)), lambda: kind(headers, like))
    pieces: list[_Piece] = [(whole.whole, ())]
    for number, side in enumerate(sides):
        same = number > 0 and _asked(sides[number - 1]) == _asked(side)
        pieces = _taken_alike(pieces, sides[number - 1], side) if same else list(_taken(pieces, side, whole))
        if len(pieces) > _MOST:
            return Cut((), _TOO_MANY)
    found: list[RequestClass] = []
    for box, takers in pieces:
        asked = [each for side, taker in zip(sides, takers, strict=True) for each in _further(side, taker)]
        parts = told_apart(box, (each for rule in dict.fromkeys(asked) if (each := whole.box(rule))))
        requests = (whole.request(part, like) for part in parts)
        found += [RequestClass(_connected(each, like, sides), takers) for each in requests if each]
        if len(found) > _MOST:
            return Cut((), _TOO_MANY)
    return Cut((*found, *(_with_invalid_tokens(found) if listed else ())), whole.open)


def _connected(found: Request, like: Request, sides: Sequence[Entrance]) -> Request:
    """The request to the address of its Host header, where clients get that from its name."""
    if found.authority == like.authority or not all(side.host_headers.follows for side in sides):
        return found
    return found.changed(to=found.host, sni=found.host) if like.to == like.host else found


def _rules(side: Entrance) -> Iterator[Conjunction]:
    yield from _asked(side)
    for taker in (*side.takers, None):
        yield from _further(side, taker)


def _asked(side: Entrance) -> list[Conjunction]:
    return [taker.asked for taker in side.takers]


def _further(side: Entrance, taker: Taker | None) -> list[Conjunction]:
    return [*side.policies, *side.told_apart(taker)]


def _taken(pieces: Sequence[_Piece], side: Entrance, whole: Space) -> Iterator[_Piece]:
    boxes = [(taker, box) for taker in side.takers if (box := whole.box(taker.asked))]
    for piece, takers in pieces:
        for part, number in first_taken([piece], [box for _, box in boxes]):
            yield part, (*takers, None if number is None else boxes[number][0])


def _taken_alike(pieces: Sequence[_Piece], before: Entrance, side: Entrance) -> list[_Piece]:
    """Where the routes ask the same in the same order, each takes what its like takes."""
    same = dict(zip(map(id, before.takers), side.takers, strict=True))
    return [(box, (*takers, same.get(id(takers[-1])))) for box, takers in pieces]


def _with_invalid_tokens(found: Sequence[RequestClass]) -> Iterator[RequestClass]:
    for each in found:
        if each.request.claims is None and "authorization" not in each.request.headers:
            headers = {**each.request.headers, **_INVALID}
            yield RequestClass(each.request.changed(headers=headers), each.takers)
