"""Which action does the first proxy's own route have for a request, where an app cannot be made slow or to fail?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead.verify.asking import Asking
from fairlead.verify.envoy.envoy_config import Route, RouteTable, route_tables
from fairlead.verify.envoy.envoy_routes import first_match, is_catch_all, virtual_host
from fairlead.verify.trial import Trial
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.request import Request

_NONE = Route("", {}, {}, "")
_PORT = re.compile(r"(?<!\d)(\d+)(?!\d)")


def proxy_route(asking: Asking, request: Request) -> Mapping[str, Any] | None:
    """Envoy's RouteAction (timeout, retry_policy, hash_policy …), empty where the proxy has no route for the request;
    None where no proxy can be asked. Raises CannotSendError where its admin interface cannot be read."""
    found = found_route(asking, request)
    return None if found is None else as_map(found.action.get("route"))


def found_route(asking: Asking, request: Request) -> Route | None:
    """The whole route, one without any action where the proxy has none for the request; else as `proxy_route`."""
    proxies, proxy = asking.access.proxies, Trial(asking, request).proxy
    if proxies is None or not proxy:
        return None
    read = asking.subject.mesh.read(request)
    for table in sorted(route_tables(proxies.config_dump(proxy)), key=lambda each: not _is_for(each, request.port)):
        host = virtual_host(table, read.authority)
        if host is not None and not is_catch_all(host):
            return first_match(host.routes, read) or _NONE
    return _NONE


def _is_for(table: RouteTable, port: int) -> bool:
    """istiod names a table by its port, as `80`, `http.8080` or `https.443.name`; a gateway's is that of its pods."""
    return str(port) in _PORT.findall(table.name)


def seconds_of(duration: Any) -> float:
    """Of a duration as Envoy's JSON writes it: `2s`, `0.500s`; 0 for none."""
    return float(str(duration or "0s").removesuffix("s") or 0)


def retry_policy(route: Mapping[str, Any]) -> Mapping[str, Any]:
    """How often the route tries a request again, and on what."""
    return as_map(route.get("retry_policy"))
