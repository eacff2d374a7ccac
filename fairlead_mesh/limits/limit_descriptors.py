"""What does the rate limit service have to know? A descriptor for each global limit, as its file and as the actions by
which proxies name it.

Sources: README of envoyproxy/ratelimit (the configuration format); Envoy's reference of config.route.v3.RateLimit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from fairlead_mesh.access.identities import Identities
from fairlead_mesh.config import Config
from fairlead_mesh.limits.limit_conditions import KEY, counted
from fairlead_mesh.limits.rate_limit import RateLimit

STAGE = 1
"""Envoy's filters take the limits of their own stage: local ones are of 0, so neither filter sees the other's."""
_BY, _ADDRESS = "by", "remote_address"
_RATE = "rate_limit: {{unit: {}, requests_per_unit: {}}}"


def global_limits(limits: Sequence[RateLimit]) -> list[tuple[int, RateLimit]]:
    """Those that the service counts, each with its place."""
    return [(number, limit) for number, limit in enumerate(limits) if limit.is_global]


def of_app(namespace: str, name: str) -> str:
    """Under which name the service knows the limits of an app."""
    return f"app/{namespace}/{name}"


def of_gateway(namespace: str, name: str) -> str:
    """Under which name the service knows the limits of a gateway."""
    return f"gateway/{namespace}/{name}"


def limit_actions(owner: str, limits: Sequence[RateLimit], known: Identities) -> list[dict[str, Any]]:
    """For each global limit what makes its requests a descriptor, and each client one of its own."""
    return [
        {"stage": STAGE, "actions": [counted(limit, f"{owner}/{number}", known), *_apart(limit, known)]}
        for number, limit in global_limits(limits)
    ]


def _apart(limit: RateLimit, known: Identities) -> Iterator[dict[str, Any]]:
    if limit.by and limit.by.part == "address":
        yield {_ADDRESS: {}}
    elif limit.by:
        header = limit.by.header or known.user_header
        # Without the header the descriptor is the limit alone: such requests share one, and none passes uncounted.
        yield {"request_headers": {"header_name": header, "descriptor_key": _BY, "skip_if_absent": True}}


def service_file(config: Config, domain: str) -> str:
    """The service's configuration, in YAML."""
    owners = [(of_app(app.namespace, app.name), app.rate_limits) for app in config.apps]
    owners += [(of_gateway(gateway.home, gateway.name), gateway.rate_limits) for gateway in config.gateways]
    lines = [f"domain: {json.dumps(domain)}", "descriptors:"]
    for owner, limits in owners:
        for number, limit in global_limits(limits):
            lines += _descriptor(f"{owner}/{number}", limit)
    return "\n".join(lines) + "\n"


def _descriptor(value: str, limit: RateLimit) -> Iterator[str]:
    rate = _RATE.format(limit.unit, limit.requests)
    yield f"- key: {KEY}"
    yield f"  value: {json.dumps(value)}"
    is_by_address = limit.by is not None and limit.by.part == "address"
    if not is_by_address:
        yield f"  {rate}"
    if limit.by:
        yield "  descriptors:"
        yield f"  - key: {_ADDRESS if is_by_address else _BY}"
        yield f"    {rate}"
