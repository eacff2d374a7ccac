"""What happens to a request on its way? Mirrors, faults, retries, timeouts and headers of a VirtualService's routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from itertools import product

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys import duration
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.retries import CONDITIONS
from fairlead_mesh.model.virtual_service import http_routes, routes
from fairlead_mesh.model.virtual_service import virtual_services as all_of

_COMMAND = re.compile(r"%[A-Z][A-Z0-9_]*(\([^)%]*\))?%")
"""What Envoy replaces: `%DOWNSTREAM_REMOTE_ADDRESS%`, `%REQ(x-name)%`. istiod rejects a length, `%REQ(x-name):10%`
(header_value_validator.go), which Envoy knows as well."""
_REFUSED = "istiod's webhook rejects the whole VirtualService"
_WHOLE = 100
_DURATIONS: tuple[Path, ...] = (
    ("timeout",),
    ("retries", "perTryTimeout"),
    ("retries", "backoff"),
    ("fault", "delay", "fixedDelay"),
    ("corsPolicy", "maxAge"),
)
_STATUSES = frozenset(HTTPStatus)


@object_rule("webhook")
def percentages_are_shares_of_a_hundred(graph: Graph) -> Iterator[Hit]:
    """A percentage of mirrored, delayed or aborted requests is from 0 to 100."""
    for item, route, value in http_routes(graph):
        places: list[Path] = [(*route, "mirrorPercentage", "value"), (*route, "mirrorPercent")]
        places += [(*route, "fault", kind, "percentage", "value") for kind in ("delay", "abort")]
        places += [(*mirror, "percentage", "value") for mirror, _ in item.maps(*route, "mirrors")]
        for place in places:
            share = item.get(*place)
            if isinstance(share, (int, float)) and not 0 <= share <= _WHOLE:
                yield item.hit(place, f"{share} is not a percentage; {_REFUSED}", "write 0 to 100")
        if value.get("mirror") and value.get("mirrors"):
            message = f"both mirror and mirrors; {_REFUSED}"
            yield item.hit((*route, "mirrors"), message, "move mirror into mirrors")


@object_rule("webhook")
def faults_are_said(graph: Graph) -> Iterator[Hit]:
    """A fault has a delay with its length, or an abort with a status."""
    for item, route, value in http_routes(graph):
        fault = value.get("fault")
        if isinstance(fault, dict) and not any(as_map(fault).get(kind) for kind in ("delay", "abort")):
            message = f"it has neither delay nor abort; {_REFUSED}"
            yield item.hit((*route, "fault"), message, "write delay or abort, or remove it")
        status = item.get(*route, "fault", "abort", "httpStatus")
        if isinstance(status, int) and status not in range(200, 601):
            message = f"{status} is not an HTTP status; {_REFUSED}"
            yield item.hit((*route, "fault", "abort", "httpStatus"), message, "write 200 to 599")


@object_rule("webhook")
def durations_of_routes_are_durations(graph: Graph) -> Iterator[Hit]:
    """A duration is a number with its unit, in whole milliseconds, at least one: istiod rejects `10` and `0s`."""
    for item, route, _ in http_routes(graph):
        for key in _DURATIONS:
            value = item.get(*route, *key)
            if value is not None and (reason := duration.complaint(value)):
                yield item.hit((*route, *key), f"{reason}; {_REFUSED}", "write 10s or 500ms, or remove it")
        age = item.get(*route, "corsPolicy", "maxAge")
        if (duration.nanoseconds(age) or 0) % 1_000_000_000:
            place = (*route, "corsPolicy", "maxAge")
            yield item.hit(place, f"{age} is not in whole seconds; {_REFUSED}", "write 10s or 24h")


@object_rule(severity="warning")
def tries_end_before_the_timeout(graph: Graph) -> Iterator[Hit]:
    """perTryTimeout is less than timeout: otherwise the request ends before a slow try is retried."""
    for item, route, value in http_routes(graph):
        whole = duration.nanoseconds(value.get("timeout"))
        one = duration.nanoseconds(as_map(value.get("retries")).get("perTryTimeout"))
        if whole and one and one > whole:
            message = f"the whole request ends after {value['timeout']}, so a slow try is never retried"
            remedy = "write a perTryTimeout well below timeout, or a longer timeout"
            yield item.hit((*route, "retries", "perTryTimeout"), message, remedy)


@object_rule("webhook")
def retries_retry_something(graph: Graph) -> Iterator[Hit]:
    """Retries have attempts and conditions that Envoy supports; istiod rejects settings without attempts."""
    for item, route, value in http_routes(graph):
        retries, place = as_map(value.get("retries")), (*route, "retries")
        attempts = retries.get("attempts", 0)
        if isinstance(attempts, int) and attempts < 0:
            yield item.hit((*place, "attempts"), f"attempts is below zero; {_REFUSED}", "write 0 for no retry")
        set_for_none = [key for key in ("perTryTimeout", "retryOn", "retryRemoteLocalities")
                        if retries.get(key) not in (None, "")]  # fmt: skip
        if attempts == 0 and set_for_none:
            message = f"{set_for_none[0]} without attempts, so nothing is ever retried; {_REFUSED}"
            yield item.hit((*place, set_for_none[0]), message, "write attempts: 2, or remove it")
        for word in str(retries["retryOn"]).split(",") if retries.get("retryOn") else ():
            if word not in CONDITIONS and not (word.isdigit() and int(word) in _STATUSES):
                message = f"Envoy does not support condition {word or 'of no letters'}; {_REFUSED}"
                yield item.hit(
                    (*place, "retryOn"),
                    message,
                    "write 5xx, reset, connect-failure or status codes, separated by commas",
                )


@object_rule("webhook")
def changed_headers_may_be_changed(graph: Graph) -> Iterator[Hit]:
    """Headers are added and removed by name; the host is set or rewritten, and pseudo-headers cannot change."""
    for item in all_of(graph):
        for route, _ in routes(item, "http"):
            for owner in _with_headers(item, route):
                for direction in ("request", "response"):
                    yield from _of_headers(item, (*owner, "headers", direction), direction)


@object_rule("webhook")
def percent_signs_in_headers_are_escaped(graph: Graph) -> Iterator[Hit]:
    """Envoy replaces `%NAME%` in the value of a header; a literal percent sign is written twice.

    istiod rejects a value with a single one.
    """
    for item in all_of(graph):
        for route, _ in routes(item, "http"):
            for owner in _with_headers(item, route):
                for direction, key in product(("request", "response"), ("add", "set")):
                    place = (*owner, "headers", direction, key)
                    for name, value in as_map(item.get(*place)).items():
                        if "%" in _COMMAND.sub("", str(value).replace("%%", "")):
                            message = f"a single % starts an Envoy command operator, and this is none; {_REFUSED}"
                            yield item.hit((*place, name), message, f"write {str(value).replace('%', '%%')}")


def _with_headers(item: Item, route: Path) -> list[Path]:
    """A route and its destinations, as far as they change headers."""
    return [each for each in (route, *(place for place, _ in item.maps(*route, "route"))) if item.get(*each, "headers")]


def _of_headers(item: Item, place: Path, direction: str) -> Iterator[Hit]:
    named = [((*place, key, name), str(name), key) for key in ("add", "set") for name in as_map(item.get(*place, key))]
    named += [(path, str(name), "remove") for path, name in item.entries(*place, "remove")]
    for path, name, key in named:
        host = name.lower() in ("host", ":authority")
        if not name or (host and (direction, key) not in (("request", "add"), ("request", "set"))):
            message = f"this header cannot be changed in a {direction}; {_REFUSED}"
            yield item.hit(path, message, "remove it, or write rewrite.authority for the host")
        elif name.startswith(":") and not host:
            yield item.hit(path, f"a pseudo-header cannot be changed; {_REFUSED}", "write rewrite or a real header")
