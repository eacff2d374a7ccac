"""Which classes of requests are there at an entrance? One request of each, with the route that takes it on every side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mesh.model.classes.boxes import Box, first_taken, told_apart
from mesh.model.classes.conditions import AUTHORITY, SCHEME, Conjunction
from mesh.model.classes.entrance import Entrance, Taker, entrance
from mesh.model.classes.space import Space, space
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.request import Request

_MOST = 5_000
_TOO_MANY = "its rules tell more than 5,000 classes of requests apart"
_INVALID = {"authorization": "Bearer invalid"}


@dataclass(frozen=True, eq=False)
class RequestClass:
    """Requests that no rule of any side tells apart, by one of them; `takers` are the routes that take them, side by
    side, None where no route does."""

    request: Request
    takers: tuple[Taker | None, ...]


@dataclass(frozen=True, eq=False)
class Cut:
    """The classes of an entrance. `open`: why there may be more; empty where these are all."""

    classes: tuple[RequestClass, ...]
    open: str = ""


def cut(meshes: Sequence[Mesh], like: Request, *, issuers: Iterable[str] = (), tokens: bool = False) -> Cut:
    """The classes of requests that are `like` this one but for path, method, query, headers and token.

    `tokens`: whether requests with a token that is not taken are a class of their own.
    """
    sides = [entrance(mesh, like) for mesh in meshes]
    fixed = {AUTHORITY: like.authority, SCHEME: like.scheme}
    further = {id(taker): side.told_apart(taker) for side in sides for taker in (*side.takers, None)}
    own = {id(side): side.told_apart(None) for side in sides}
    rules: list[Conjunction] = []
    for side in sides:
        rules += [taker.asked for taker in side.takers]
        rules += [*side.policies, *own[id(side)], *(each for taker in side.takers for each in further[id(taker)])]
    whole = space(fixed, issuers, list(dict.fromkeys(rules)))
    pieces: list[tuple[Box, tuple[Taker | None, ...]]] = [(whole.whole, ())]
    for side in sides:
        pieces = list(_taken(pieces, side, whole))
        if len(pieces) > _MOST:
            return Cut((), _TOO_MANY)
    found: list[RequestClass] = []
    for box, takers in pieces:
        asked = [each for side, taker in zip(sides, takers, strict=True)
                 for each in (*side.policies, *(further[id(taker)] if taker else own[id(side)]))]  # fmt: skip
        parts = told_apart(box, (each for rule in dict.fromkeys(asked) if (each := whole.box(rule))))
        requests = (whole.request(part, like) for part in parts)
        found += [RequestClass(each, takers) for each in requests if each]
        if len(found) > _MOST:
            return Cut((), _TOO_MANY)
    if tokens and found:
        found += [RequestClass(each.request.changed(headers={**each.request.headers, **_INVALID}), each.takers)
                  for each in found if each.request.claims is None and "authorization" not in each.request.headers]  # fmt: skip
    return Cut(tuple(found), whole.open)


def _taken(
    pieces: Sequence[tuple[Box, tuple[Taker | None, ...]]], side: Entrance, whole: Space
) -> Iterator[tuple[Box, tuple[Taker | None, ...]]]:
    boxes = [(taker, box) for taker in side.takers if (box := whole.box(taker.asked))]
    for piece, takers in pieces:
        for part, number in first_taken([piece], [box for _, box in boxes]):
            yield part, (*takers, None if number is None else boxes[number][0])
