"""Which weights are meant? Those that somebody typed, held against the app and its routes, all mistakes at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fairlead.terminal.errors import UserError
from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.route import Route
from fairlead_mesh.config import Config
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.model.request_words import requests_in_words
from fairlead_mesh.routing.http_route import request_match

_TYPED = re.compile(r"(?P<version>[^=]+)=(?P<share>\d{1,3})%?")
_WHOLE = 100
_PAIR = 2


def app_named(config: Config, name: str) -> int:
    """The index of the app of this name. Raises UserError."""
    names = [app.name for app in config.apps]
    if name in names:
        return names.index(name)
    meant = nearest(name, names)
    there = f"this stack has {', '.join(names)}" if names else "this stack has no apps"
    raise UserError(f"There is no app {name}; {there}.", f"Did you mean {meant}?" if meant else "Name one of its apps.")


def route_meant(app: App, said: str | None) -> int:
    """The index of the route whose weights change: the only one that has some, or the one that is `said` by its index,
    its name or a path that it matches. Raises UserError."""
    weighed = [number for number, route in enumerate(app.routes) if route.shares]
    if not weighed:
        raise UserError(f"{app.name} has no route with weights.", "Write weights: {...} under one of its routes first.")
    found = weighed if said is None else [number for number in weighed if _is_said(app.routes[number], number, said)]
    if len(found) != 1:
        listed = "\n".join(f"  --route {number}: {_in_words(app.routes[number])}" for number in weighed)
        why = f"no route with weights is {said}" if said is not None and not found else "several routes have weights"
        raise UserError(f"{app.name}: {why}:\n{listed}", "Name one of them with --route.")
    by = app.routes[found[0]].managed_by
    if by:
        raise UserError(
            f"{app.name}: {by} changes these weights on the cluster, and `pulumi up` ignores them (managedBy).",
            f"Release by {by}, or remove managedBy.",
        )
    return found[0]


def _is_said(route: Route, number: int, said: str) -> bool:
    paths = {
        path for match in route.match if match.uri for path in (match.uri.exact, match.uri.prefix, match.uri.regex)
    }
    return said in {str(number), f"routes[{number}]", route.name, _in_words(route), *paths}


def _in_words(route: Route) -> str:
    words = requests_in_words([request_match(match) for match in route.match])
    return f"{route.name} ({words})" if route.name else words


def new_weights(app: App, number: int, typed: Sequence[str]) -> dict[str, int]:
    """The weights of the route as they will be, in the order of the file; of two versions, the one that is not typed
    gets the rest. Raises UserError with all that is wrong."""
    wanted, wrong = _wanted(app, typed)
    before = app.routes[number].shares
    after = {**before, **wanted}
    rest = [version for version in after if version not in wanted]
    if not wrong and len(after) == _PAIR and len(rest) == 1:
        after[rest[0]] = max(0, _WHOLE - sum(wanted.values()))
    total = sum(after.values())
    if not wrong and total != _WHOLE:
        kept = f" ({', '.join(f'{each} keeps {after[each]}' for each in rest)})" if rest else ""
        wrong.append(f"{' '.join(typed)}: the weights add up to {total}, not 100{kept}; write all that change")
    if wrong:
        raise UserError("\n".join(wrong))
    return after


def _wanted(app: App, typed: Sequence[str]) -> tuple[Mapping[str, int], list[str]]:
    wanted: dict[str, int] = {}
    wrong: list[str] = []
    known = [version.name for version in app.versions]
    for text in typed:
        found = _TYPED.fullmatch(text)
        if not found or int(found["share"]) > _WHOLE:
            wrong.append(f"{text}: write a version and a whole number from 0 to 100, such as v2=50")
            continue
        version = found["version"]
        if version not in known:
            wrong.append(f"{text}: {app.name} has no version {version}; it has {', '.join(known) or 'none'}")
        elif version in wanted:
            wrong.append(f"{text}: {version} is typed twice; write it once")
        wanted[version] = int(found["share"])
    return wanted, wrong
