"""Where do the parts of a route stand? Its conditions, the bar of its shares, and the shares in words below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from fairlead.picture.drawing.shapes import Box, Column, Dot, Group, Shape, extent, words
from fairlead.picture.layout.columns import BAR, BAR_ROOM, COLOURS, REQUESTS, REQUESTS_ROOM
from fairlead.picture.layout.lettering import rows
from fairlead.picture.model.model import Line, Share, Version

MIDDLE = 8
"""From a route's top to the middle of its bar, where lanes and edges meet it."""
_BAR_HEIGHT, _BAR_TOP, _MOST_REQUESTS, _FULL = 10, 3, 6, 100


@dataclass(frozen=True)
class Laid:
    """A route, laid out at `y`."""

    line: Line
    y: float
    height: float
    group: Group


def route(line: Line, y: float, versions: Sequence[Version]) -> Laid:
    """A route from `y` on; `versions` are those of its app."""
    requests = Column(REQUESTS, y, REQUESTS_ROOM)
    requests.add_all(line.requests, "code", _MOST_REQUESTS, lines=2)
    if line.extras:
        requests.add(", ".join(line.extras), "small", tone="quiet", lines=3)
    to = Column(BAR, y, BAR_ROOM)
    if line.answer:
        to.add(line.answer, "code", tone="answer", lines=3)
    else:
        to.put(_bar(line.shares, y + _BAR_TOP), 18)
        to.put(*_labels(line.shares, versions, to.y))
        closed = [f"403 by {share.closed}" for share in line.shares if share.closed]
        to.add_all(tuple(dict.fromkeys([*closed, *line.closed])), "small", _MOST_REQUESTS, tone="answer", lines=3)
    height = max(requests.y, to.y) - y
    hit = Box(REQUESTS - 6, y - 2, BAR + BAR_ROOM - REQUESTS + 10, height + 4, "hit", 5)
    shapes = (hit, *requests.shapes, *to.shapes)
    return Laid(line, y, height, Group(shapes, style="route", label=_in_words(line, versions), objects=line.objects))


def _in_words(line: Line, versions: Sequence[Version]) -> str:
    sent = ", ".join(_sent(share, versions) for share in line.shares)
    closed = "".join(f"; {each}" for each in line.closed)
    return f"{' or '.join(line.requests)}: {line.answer or sent}{closed}"


def _sent(share: Share, versions: Sequence[Version]) -> str:
    closed = f", 403 by {share.closed}" if share.closed else ""
    return f"{share.percent:g} % to {versions[share.version].name}{closed}"


def _bar(shares: Sequence[Share], y: float) -> Iterator[Shape]:
    """The shares side by side; each edge is rounded to a tenth, so that the parts add up to the whole."""
    yield Box(BAR, y, BAR_ROOM, _BAR_HEIGHT, "bar", 3)
    total = fsum(share.percent for share in shares) or _FULL
    before = 0.0
    for share in shares:
        left = round(BAR + BAR_ROOM * before / total, 1)
        before += share.percent
        right = round(BAR + BAR_ROOM * before / total, 1)
        if right > left:
            yield Box(left, y, round(right - left, 1), _BAR_HEIGHT, f"part {_fill(share)}")


def _fill(share: Share) -> str:
    return f"fill-{share.version % COLOURS}{' closed' if share.closed else ''}"


def _labels(shares: Sequence[Share], versions: Sequence[Version], y: float) -> tuple[list[Shape], float]:
    texts = [f"{share.percent:g} % {versions[share.version].name}" for share in shares]
    wide = [min(BAR_ROOM, extent(text, "small") + 11) for text in texts]
    shapes: list[Shape] = []
    top = y
    for line in rows(wide, BAR_ROOM, 8):
        left = float(BAR)
        for place in line:
            shapes.append(Dot(left + 3.5, top + 7.5, 3, _fill(shares[place])))
            shapes.append(words(left + 11, top, texts[place], "small", wide[place] - 11))
            left += wide[place] + 8
        top += 15
    return shapes, top - y
