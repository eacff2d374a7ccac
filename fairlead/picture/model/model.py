"""What is in the picture of a mesh? Entrances, apps with their routes and versions, and what stands around them.

Plain data in words, each part with the numbers of the objects behind it; where it is drawn is the layout's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Objects = tuple[int, ...]
"""Places in `Picture.sources`."""


class Tone(StrEnum):
    """How a badge is coloured."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"


@dataclass(frozen=True)
class Badge:
    """A few words about what holds here: a policy, or a property."""

    words: str
    tone: Tone = Tone.PLAIN
    objects: Objects = ()


@dataclass(frozen=True)
class Balancer:
    """How connections get to a gateway's pods: `rules` say who may connect, `facts` the rest."""

    title: str
    rules: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    objects: Objects = ()


@dataclass(frozen=True)
class Entrance:
    """Where requests come from: the pods of a gateway or, for the callers inside the mesh, all sidecars.

    `outside` is who stands before it, and `servers` are the ports with their hosts and TLS.
    """

    key: str
    title: str
    outside: str
    balancer: Balancer | None = None
    facts: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    badges: tuple[Badge, ...] = ()
    objects: Objects = ()
    known: bool = True


@dataclass(frozen=True)
class Share:
    """A part of a route's requests, in percent; `version` is a place in the app's `versions`, and `closed` names the
    policy by which all of them end with 403."""

    version: int
    percent: float
    closed: str = ""


@dataclass(frozen=True)
class Line:
    """One route: its conditions, one of which must hold, what else is done to its requests, and where they go.

    `answer` is what the proxy answers itself, in words; there are no shares then. `closed` says which policies close it
    to some of its entrances.
    """

    requests: tuple[str, ...]
    extras: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    answer: str = ""
    closed: tuple[str, ...] = ()
    objects: Objects = ()


@dataclass(frozen=True)
class Strand:
    """Routes in order, for these hosts, at these entrances (keys); policies close all of them to those in `closed`."""

    entrances: tuple[str, ...]
    hosts: tuple[str, ...]
    lines: tuple[Line, ...]
    objects: Objects = ()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Version:
    """Where requests end: a subset, a Service or a host, and the pods behind it by what makes them."""

    name: str
    kind: str
    pods: tuple[str, ...] = ()
    objects: Objects = ()


@dataclass(frozen=True)
class App:
    """One row of the picture; `note` says what it is where it has no strands."""

    name: str
    namespace: str
    strands: tuple[Strand, ...] = ()
    versions: tuple[Version, ...] = ()
    badges: tuple[Badge, ...] = ()
    note: str = ""
    objects: Objects = ()


@dataclass(frozen=True)
class Quarter:
    """The apps of one namespace, or what lies outside the mesh (then `kind` is another word)."""

    kind: str
    name: str
    apps: tuple[App, ...] = ()
    badges: tuple[Badge, ...] = ()
    objects: Objects = ()


Place = tuple[int, int]
"""Of an app: the place of its quarter, and its own in that."""


@dataclass(frozen=True)
class Call:
    """An app that says that it calls another, in `words`."""

    caller: Place
    callee: Place
    words: str
    objects: Objects = ()


@dataclass(frozen=True)
class Tile:
    """Something that serves the whole mesh: istiod, an addon, the rules between control plane and nodes."""

    title: str
    detail: str = ""
    facts: tuple[str, ...] = ()
    objects: Objects = ()


@dataclass(frozen=True)
class Source:
    """An object behind the picture, as the panel shows it."""

    title: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A whole stack. `badges` hold for the whole mesh, `others` are objects that the picture does not draw, by kind."""

    stack: str
    summary: str
    badges: tuple[Badge, ...]
    tiles: tuple[Tile, ...]
    entrances: tuple[Entrance, ...]
    quarters: tuple[Quarter, ...]
    others: tuple[Badge, ...]
    sources: tuple[Source, ...]
    calls: tuple[Call, ...] = ()
