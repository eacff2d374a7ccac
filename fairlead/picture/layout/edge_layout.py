"""How do the edges run from an app's routes to its versions? As curves while they are few, else as rails with stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.picture.drawing.shapes import Dot, Group, Shape, Stroke
from fairlead.picture.layout.columns import BAR, BAR_ROOM, COLOURS, VERSIONS
from fairlead.picture.layout.route_layout import MIDDLE, Laid
from fairlead.picture.layout.version_layout import End
from fairlead.picture.model.model import App, Line, Share

_FROM, _TO = BAR + BAR_ROOM + 6, VERSIONS - 3
_FEW, _WIDEST_STEP, _FULL = 8, 12, 100


def edges(app: App, routes: Sequence[Laid], ends: Sequence[End]) -> Iterator[Shape]:
    """Every share of every route, each a part that can be picked."""
    number = sum(len(laid.line.shares) for laid in routes)
    if number <= _FEW:
        for laid in routes:
            yield from (_curve(app, laid, share, ends) for share in laid.line.shares)
    else:
        yield from _rails(app, routes, ends)


def _curve(app: App, laid: Laid, share: Share, ends: Sequence[End]) -> Group:
    y, end = laid.y + MIDDLE, ends[share.version].middle
    state = " closed" if share.closed else "" if share.percent else " idle"
    thick = 1.6 if share.closed else round(1.2 + 2.8 * share.percent / _FULL, 1)
    reach = Stroke(_FROM, y, _TO, end, "reach", 10, curved=True)
    stroke = Stroke(_FROM, y, _TO, end, f"stroke-{share.version % COLOURS}{state}", thick, curved=True)
    return _edge(app, laid.line, share, (reach, stroke))


def _rails(app: App, routes: Sequence[Laid], ends: Sequence[End]) -> Iterator[Shape]:
    """A rail down for each version; a route has a stop where it meets the rail of one that it leads to."""
    met = sorted({share.version for laid in routes for share in laid.line.shares})
    step = min(_WIDEST_STEP, (_TO - _FROM - 16) / max(len(met) - 1, 1))
    # The first version's rail is the last one before it, so that no rail's end crosses another's.
    rail = {version: round(_TO - 10 - place * step, 1) for place, version in enumerate(met)}
    for version in met:
        rows = [laid.y + MIDDLE for laid in routes if any(share.version == version for share in laid.line.shares)]
        end, colour = ends[version].middle, f"stroke-{version % COLOURS} rail"
        yield Stroke(rail[version], min(end, *rows), rail[version], max(end, *rows), colour, 1.6)
        yield Stroke(rail[version], end, _TO, end, colour, 1.6)
    for laid in routes:
        y = laid.y + MIDDLE
        if laid.line.shares:
            yield Stroke(_FROM, y, max(rail[share.version] for share in laid.line.shares), y, "rail-row", 1)
        for share in laid.line.shares:
            radius = round(2.2 + 2.2 * share.percent / _FULL, 1)
            state = " closed" if share.closed else ""
            stop = Dot(rail[share.version], y, radius, f"fill-{share.version % COLOURS}{state}")
            yield _edge(app, laid.line, share, (Dot(rail[share.version], y, step / 2, "reach"), stop))


def _edge(app: App, line: Line, share: Share, shapes: tuple[Shape, ...]) -> Group:
    version = app.versions[share.version]
    closed = f", 403 by {share.closed}" if share.closed else ""
    label = f"{share.percent:g} % of {' or '.join(line.requests)} to {version.name}{closed}"
    objects = tuple(dict.fromkeys([*line.objects, *version.objects]))
    return Group(shapes, style="edge", label=label, objects=objects)
