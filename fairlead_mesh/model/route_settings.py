"""What does an HTTP route do to its requests? Its settings as typed values, whatever age their spelling has.

Sources: networking/v1alpha3/virtual_service.proto in istio/api (the old fields); TranslateFault and MirrorPercent in
pilot/pkg/networking/core/route/route.go of istio/istio (what counts where both are set: a fault without a percentage
is for no request, a mirror without one for all).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

Spec = Mapping[str, Any]
_WHOLE = 100
_FAULTS = ("abort", "delay")
_SECTIONS = ("fault", "retries", "rewrite", "corsPolicy", "redirect", "directResponse")


@dataclass(frozen=True)
class Fault:
    """An abort (`what` is its status) or a delay (`what` is how long) of a part of the requests, in percent."""

    percent: float
    what: str


@dataclass(frozen=True)
class Mirror:
    """A destination that gets a copy of a part of the requests, in percent."""

    host: str
    subset: str
    percent: float


@dataclass(frozen=True)
class Cors:
    """Which origins a browser may send requests from."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """Of an HTTP route: empty, or None, is what it does not say. `attempts` are the retries."""

    timeout: str = ""
    attempts: int | None = None
    retry_on: str = ""
    per_try: str = ""
    retry_ways: tuple[str, ...] = ()
    """When and where a request is tried again, in words."""
    abort: Fault | None = None
    delay: Fault | None = None
    mirrors: tuple[Mirror, ...] = ()
    authority: str = ""
    path: str = ""
    headers: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(`request` or `response`, `set`, `add` or `remove`, names), of the route and its destinations."""
    cors: Cors | None = None


def settings(spec: Spec) -> Settings:
    """The settings of a route as an object has it."""
    route = modern(spec)
    retries, rewrite, fault = (as_map(route.get(key)) for key in ("retries", "rewrite", "fault"))
    abort, delay = (as_map(fault.get(kind)) for kind in _FAULTS)
    attempts = retries.get("attempts", 0 if "retries" in route else None)
    status = abort.get("httpStatus") or abort.get("grpcStatus") or "an error"
    late = delay.get("fixedDelay") or delay.get("exponentialDelay") or "a while"
    regex = as_map(rewrite.get("uriRegexRewrite"))
    return Settings(
        str(route.get("timeout") or "").removeprefix("0s"),
        attempts if isinstance(attempts, int) else None,
        str(retries.get("retryOn") or ""),
        str(retries.get("perTryTimeout") or ""),
        retry_ways(retries),
        Fault(_percent(abort), str(status)) if abort else None,
        Fault(_percent(delay), str(late)) if delay else None,
        tuple(_mirror(each) for each in as_maps(route.get("mirrors"))),
        str(rewrite.get("authority") or ""),
        str(rewrite.get("uri") or regex.get("rewrite") or ""),
        _headers(route),
        _cors(as_map(route.get("corsPolicy"))),
    )


def retry_ways(retries: Spec) -> tuple[str, ...]:
    """When and where a request is tried again: what a route says of its backoff, of localities and of pods."""
    backoff = f"after about {retries['backoff']}" if retries.get("backoff") else ""
    elsewhere = "in other localities too" if retries.get("retryRemoteLocalities") is True else ""
    again = "at the same pod too" if retries.get("retryIgnorePreviousHosts") is False else ""
    return tuple(each for each in (backoff, elsewhere, again) if each)


def modern(spec: Spec) -> dict[str, Any]:
    """The route with today's names: `mirrors` for `mirror` and its shares, `percentage` for `percent`, `allowOrigins`
    for `allowOrigin`, and no `snake_case`."""
    route = _camel(spec)
    for key in _SECTIONS:
        if isinstance(route.get(key), dict):
            route[key] = _camel(as_map(route[key]))
    if mirror := route.pop("mirror", None):
        said, old = (route.pop(key, None) for key in ("mirrorPercentage", "mirrorPercent"))
        share = said if said is not None else {"value": _WHOLE if old is None else old}
        route["mirrors"] = [{"destination": mirror, "percentage": share}, *as_list(route.get("mirrors"))]
    if isinstance(fault := route.get("fault"), dict):
        route["fault"] = {
            kind: _with_percentage(as_map(value)) if kind in _FAULTS else value for kind, value in as_map(fault).items()
        }
    cors = as_map(route.get("corsPolicy"))
    older = [{"exact": each} for each in as_list(cors.get("allowOrigin"))]
    if older and not cors.get("allowOrigins"):
        route["corsPolicy"] = {**cors, "allowOrigins": older}
    return route


def _camel(values: Spec) -> dict[str, Any]:
    return {re.sub(r"_([a-z])", lambda found: found[1].upper(), str(key)): value for key, value in values.items()}


def _with_percentage(fault: Spec) -> dict[str, Any]:
    return {"percentage": {"value": fault.get("percent", 0)}, **_camel(fault)} if fault else {}


def _percent(spec: Spec, default: float = 0.0) -> float:
    share = spec.get("percentage")
    value = default if share is None else as_map(share).get("value", 0)
    return min(max(float(value), 0.0), float(_WHOLE)) if isinstance(value, int | float) else 0.0


def _mirror(spec: Spec) -> Mirror:
    to = as_map(spec.get("destination"))
    return Mirror(str(to.get("host") or ""), str(to.get("subset") or ""), _percent(spec, _WHOLE))


def _headers(route: Spec) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    found: list[tuple[str, str, tuple[str, ...]]] = []
    holders = [as_map(each.get("headers")) for each in (route, *as_maps(route.get("route"))) if each.get("headers")]
    for direction in ("request", "response") if holders else ():
        for verb in ("set", "add", "remove"):
            said = [as_map(holder.get(direction)).get(verb) for holder in holders]
            names = {str(name) for each in said for name in (*as_list(each), *as_map(each))}
            if names:
                found.append((direction, verb, tuple(sorted(names))))
    return tuple(found)


def _cors(policy: Spec) -> Cors | None:
    if not policy:
        return None
    origins = tuple(str(value) for each in as_maps(policy.get("allowOrigins")) for value in each.values())
    return Cors(origins, tuple(str(each) for each in as_list(policy.get("allowMethods"))))
