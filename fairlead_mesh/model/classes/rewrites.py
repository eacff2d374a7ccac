"""What must hold of a request before a route changes it, for a condition to hold after? Paths, hosts and headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.model.classes.conditions import AUTHORITY, HEADER, PATH, Condition, Conjunction
from fairlead_mesh.model.classes.dimension import EXACT, PREFIX, PRESENT, REGEX, SUFFIX, Wanted
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_HOSTS = ("host", ":authority")


def before_rewrite(asked: Conjunction, spec: Mapping[str, Any], match: Mapping[str, Any]) -> Conjunction | None:
    """The conditions on a request before a route (`match` takes it) that mean these after it; None where they never
    hold. What a route makes of a part in more than one way is left out, as either may be."""
    values, open_parts = dict(_values(spec)), set(_open_parts(spec))
    found: list[Condition] = []
    for each in asked:
        if each.part in open_parts:
            continue
        if each.part in values:
            if any(one.takes(values[each.part]) for one in each.wanted) == each.negated:
                return None
            continue
        moved = _before(each, spec, match) if each.part == PATH else each
        if moved is None:
            continue
        if not moved.wanted and not moved.negated:
            return None
        found.append(moved)
    return tuple(found)


def _values(spec: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """The parts that all requests of a route have alike after it."""
    if authority := as_map(spec.get("rewrite")).get("authority"):
        yield AUTHORITY, str(authority)
    operation = as_map(as_map(spec.get("headers")).get("request"))
    for name in as_list(operation.get("remove")):
        yield _part(str(name)), None
    for name, value in as_map(operation.get("set")).items():
        yield _part(str(name)), str(value)


def _open_parts(spec: Mapping[str, Any]) -> Iterator[str]:
    operation = as_map(as_map(spec.get("headers")).get("request"))
    yield from (_part(str(name)) for name in as_map(operation.get("add")))
    for share in as_maps(spec.get("route")):
        own = as_map(as_map(share.get("headers")).get("request"))
        yield from (_part(str(name)) for key in ("add", "set") for name in as_map(own.get(key)))
        yield from (_part(str(name)) for name in as_list(own.get("remove")))


def _part(name: str) -> str:
    return AUTHORITY if name.lower() in _HOSTS else f"{HEADER}{name.lower()}"


def _before(asked: Condition, spec: Mapping[str, Any], match: Mapping[str, Any]) -> Condition | None:
    """What a path must be before; None where all paths of the route become one."""
    uri = as_map(spec.get("rewrite")).get("uri")
    if not uri:
        return asked
    wanted = as_map(match.get("uri"))
    if wanted.get("exact") or wanted.get("regex"):
        return None
    moved = [to for one in asked.wanted if (to := _moved(one, str(uri), str(wanted.get("prefix") or "/")))]
    return Condition(PATH, tuple(moved), asked.negated)


def _moved(wanted: Wanted, new: str, old: str) -> Wanted | None:
    if wanted.form in (EXACT, PREFIX) and wanted.text.startswith(new):
        return Wanted(wanted.form, old + wanted.text[len(new) :], wanted.ignore_case)
    if wanted.form == PREFIX and new.startswith(wanted.text):
        return Wanted(PREFIX, old, wanted.ignore_case)
    return wanted if wanted.form in (SUFFIX, PRESENT, REGEX) else None
