"""Which headers does a request, or an answer, have after a route's operations on them?

Sources: TranslateHeadersOperations and processDestination in pilot/pkg/networking/core/route/route.go of istio/istio;
Envoy's HeaderParser, which removes first and leaves out a header whose value comes out empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.request import UNKNOWN, Request

_AUTHORITY = ("host", ":authority")
_VARIABLE = re.compile(
    r"%(?:%|REQ\((?P<names>[^)]+)\)(?::(?P<length>\d+))?%|(?P<other>[A-Z_]+(?:\([^)]*\))?(?::\d+)?%))"
)

Operations = Mapping[str, Any]
"""`set`, `add` and `remove`, of a request or of an answer."""


def with_headers(request: Request, rule: Operations, share: Operations, *, alone: bool) -> Request:
    """The request after the operations of a route and those of its destination, which is `alone` or one of several."""
    found = request
    for removed, given in _passes(rule, share, alone=alone):
        left = found.changed(headers={name: value for name, value in found.headers.items() if name not in removed})
        found = left.changed(headers=_changed(left.headers, set(), given, left))
    return found.changed(authority=_authority(rule) or _authority(share) or request.authority)


def operated(
    headers: Mapping[str, str], rule: Operations, share: Operations, request: Request, *, alone: bool
) -> dict[str, str]:
    """The headers of an answer to a request after both."""
    found = dict(headers)
    for removed, given in _passes(rule, share, alone=alone):
        found = _changed(found, removed, given, request)
    return found


def _passes(rule: Operations, share: Operations, *, alone: bool) -> list[tuple[set[str], list[tuple[str, str, bool]]]]:
    """A lone destination's operations are a part of the route's in Envoy; with several, the route's come last."""
    if alone:
        return [(_removed(rule) | _removed(share), [*_given(rule), *_given(share)])]
    return [(_removed(each), list(_given(each))) for each in (share, rule)]


def told(spec: Mapping[str, Any]) -> tuple[Operations, Operations]:
    """What is done to the headers of every answer: by the route, and by its destination where it is a lone one."""
    listed = as_maps(spec.get("route"))
    holders = (spec, listed[0] if len(listed) == 1 else as_map(None))
    general, own = (as_map(as_map(each.get("headers")).get("response")) for each in holders)
    return general, own


def _changed(
    headers: Mapping[str, str], removed: set[str], given: list[tuple[str, str, bool]], request: Request
) -> dict[str, str]:
    found = {name: value for name, value in headers.items() if name not in removed}
    for name, text, adds in given:
        value = _value(text, request)
        if value:
            found[name] = f"{found[name]}, {value}" if adds and name in found else value
    return found


def _removed(operation: Operations) -> set[str]:
    return {str(name).lower() for name in as_list(operation.get("remove"))}


def _given(operation: Operations) -> Iterator[tuple[str, str, bool]]:
    for key in ("set", "add"):
        for name, value in sorted(as_map(operation.get(key)).items()):
            if str(name).lower() != "host" and not str(name).startswith(":"):
                yield str(name).lower(), str(value), key == "add"


def _authority(operation: Operations) -> str:
    named = (as_map(operation.get(key)).items() for key in ("set", "add"))
    return next((str(value) for each in named for name, value in each if str(name).lower() in _AUTHORITY), "")


def _value(text: str, request: Request) -> str:
    """A value with Envoy's variables replaced; UNKNOWN where one stands for what only Envoy knows."""
    if "%" not in text:
        return text
    if any(found["other"] for found in _VARIABLE.finditer(text)):
        return UNKNOWN
    return _VARIABLE.sub(lambda found: "%" if found[0] == "%%" else _of_request(found, request), text)


def _of_request(found: re.Match[str], request: Request) -> str:
    values = (request.header(name) for name in found["names"].split("?"))
    value = next((each for each in values if each), "")
    return value[: int(found["length"])] if found["length"] else value
