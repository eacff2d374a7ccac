"""Where do the parts of an app stand in its row? Name and hosts, requests, shares, and versions with their pods."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.picture.drawing.shapes import Box, Column, Group, Shape, Stroke, words
from fairlead.picture.layout.badges import badges
from fairlead.picture.layout.columns import BAR, BAR_ROOM, GAP, NAME, NAME_ROOM, PAD, REQUESTS
from fairlead.picture.layout.edge_layout import edges
from fairlead.picture.layout.route_layout import MIDDLE, Laid, route
from fairlead.picture.layout.version_layout import ends, version_group
from fairlead.picture.model.model import App, Strand
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN

_MOST_HOSTS = 4


@dataclass(frozen=True)
class Tap:
    """Where a row meets the lanes of its entrances."""

    y: float
    entrances: tuple[str, ...]
    label: str
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """An app, laid out: its shapes, its height and where it meets the lanes."""

    shapes: tuple[Shape, ...]
    height: float
    taps: tuple[Tap, ...]


def row(app: App) -> Row:
    """The row of an app; its left upper corner is (0, 0)."""
    names = _names(app)
    places, bottom = ends(app.versions)
    routes: list[Laid] = []
    rules: list[Shape] = []
    taps: list[Tap] = []
    top = float(PAD)
    for strand in app.strands:
        if taps:
            rules.append(Stroke(NAME, top - GAP / 2, BAR + BAR_ROOM, top - GAP / 2, "rule"))
            names.y = max(names.y, top)
        taps.append(Tap(top + MIDDLE, strand.entrances, _tap_in_words(app, strand), strand.closed))
        names.add_all([_called(host) for host in strand.hosts], "code", _MOST_HOSTS, tone="quiet")
        if strand is app.strands[0]:
            _add_badges(names, app)
        for line in strand.lines:
            routes.append(route(line, top, app.versions))
            top += routes[-1].height + GAP
        top = max(top, names.y + GAP)
    if not app.strands:
        _add_badges(names, app)
    note = Column(REQUESTS, PAD, BAR + BAR_ROOM - REQUESTS)
    if app.note:
        note.add(app.note, "body", tone="quiet", lines=2)
    height = max(names.y, bottom, top - GAP, note.y) + PAD
    versions = [version_group(app, place, end) for place, end in enumerate(places)]
    shapes = (*names.shapes, *rules, *note.shapes, *edges(app, routes, places), *(each.group for each in routes))
    return Row((*shapes, *versions), height, tuple(taps))


def _names(app: App) -> Column:
    names = Column(NAME, PAD, NAME_ROOM)
    title = words(NAME, PAD, app.name, "name", NAME_ROOM)
    hit = Box(NAME - 6, PAD - 2, NAME_ROOM + 8, 22, "hit", 5)
    label = f"app {app.name} in {app.namespace}"
    names.put([Group((hit, title), style="app-name", label=label, objects=app.objects)], 20)
    return names


def _add_badges(names: Column, app: App) -> None:
    marks, high = badges(app.badges, NAME, names.y + 2, NAME_ROOM)
    names.put(marks, high + 1 if high else 0)


def _called(host: str) -> str:
    """A Service's full name without the part that all of them have in common."""
    return host.removesuffix(f".{CLUSTER_DOMAIN}")


def _tap_in_words(app: App, strand: Strand) -> str:
    return f"{app.name} at {', '.join(strand.entrances)}: {', '.join(strand.hosts)}"
