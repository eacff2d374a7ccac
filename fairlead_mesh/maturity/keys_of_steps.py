"""Which keys of the stack file make each step? What `maturity` sets, and what is to be written for the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.addons.addons import KINDS
from fairlead_mesh.apps.app import App
from fairlead_mesh.config import Config
from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.model.virtual_service import MESH

KeyPath = tuple[str | int, ...]
"""Of a key below `fairlead:`; an item of a list by its index, a namespace that is not listed by its name."""
Keys = Iterator[tuple[KeyPath, Any]]

_TIMEOUT = 15
_RETRIES = {"attempts": 2, "retryOn": ["connect-failure", "refused-stream", "unavailable", "cancelled"]}
"""Istio's own: after these failures the app has not seen the request."""
_OUTLIERS = {"consecutive5xxErrors": 5, "interval": "10s", "baseEjectionTime": "30s", "maxEjectionPercent": 50}


@dataclass(frozen=True)
class Need:
    """What a step needs of an app, in words, and the keys that make it so. `preset`: `maturity` sets them; else they
    are only advised. Where it is not `judged`, a step is reached without it."""

    name: str
    step: int
    what: str
    keys: Callable[[Config, int], Keys]
    preset: bool = True
    judged: bool = True


def _injection(config: Config, index: int) -> Keys:
    yield (*_namespace(config, config.apps[index]), "injection"), True


def _access_logs(config: Config, index: int) -> Keys:
    app = config.apps[index]
    near = [each.access_logs for each in config.namespaces if each.name == app.namespace]
    if config.istio.is_shared or app.access_logs or any(near):
        yield ("apps", index, "accessLogs"), True
    else:
        yield ("istio", "accessLogs"), True


def _metrics(config: Config, index: int) -> Keys:  # noqa: ARG001 - those of the mesh are every app's
    """Not in the namespace of an istiod that is somebody else's."""
    place = {"namespace": "monitoring"} if config.istio.is_shared else {}
    for kind in (each for each in KINDS if each.shows_traffic):
        yield ("addons", kind.key), place


def _timeout(config: Config, index: int) -> Keys:
    """Long enough for all tries that are said."""
    app = config.apps[index]
    tries = [each.retries for each in (app, *app.every_route) if each.retries]
    longest = max((seconds(each.per_try_timeout or "0s") * (each.attempts + 1) for each in tries), default=0)
    yield ("apps", index, "timeout"), f"{max(longest, _TIMEOUT)}s"


def _retries(config: Config, index: int) -> Keys:  # noqa: ARG001 - the same for each
    yield ("apps", index, "retries"), _RETRIES


def _outliers(config: Config, index: int) -> Keys:  # noqa: ARG001 - the same for each
    yield ("apps", index, "circuitBreaker", "outlierDetection"), _OUTLIERS


def _mutual_tls(config: Config, index: int) -> Keys:
    app = config.apps[index]
    if app.mtls:
        yield ("apps", index, "mtls"), "strict"
    elif config.istio.is_shared or any(each.mtls for each in config.namespaces if each.name == app.namespace):
        yield (*_namespace(config, app), "mtls"), "strict"
    else:
        yield ("istio", "mtls"), "strict"


def _access(config: Config, index: int) -> Keys:
    app = config.apps[index]
    if app.dry_run:
        yield ("apps", index, "dryRun"), False
    elif clients := clients_of(config, app):
        yield ("apps", index, "callers"), clients


def _default_deny(config: Config, index: int) -> Keys:
    """Pods that no app stands for, too; only where every app has its clients, or whoever has none has an outage."""
    if config.istio.is_shared:
        yield (*_namespace(config, config.apps[index]), "defaultDeny"), "enforce"
    else:
        yield ("istio", "defaultDeny"), "enforce"


def clients_of(config: Config, app: App) -> list[dict[str, str]]:
    """Who is known to call an app beside those that say so themselves (`calls`): the gateways that route to it, and
    its own namespace where clients inside the mesh are among its `gateways`, or nobody else is known."""
    roots = [each for each in config.apps if any(_delegates(each, app))] if app.delegated else [app]
    names = dict.fromkeys(name for root in roots for name in root.ingress_gateways)
    found = [{"gateway": name} for name in names]
    is_called = any(app.name in each.calls for each in config.apps)
    inside = not is_called and (not found or any(MESH in root.gateways for root in roots))
    return [*found, *([{"namespace": app.namespace}] if inside else [])]


def _delegates(root: App, app: App) -> Iterator[bool]:
    for route in root.routes:
        named = route.delegate
        yield bool(named and named.name == app.name and (named.namespace or root.namespace) == app.namespace)


def _namespace(config: Config, app: App) -> KeyPath:
    listed = [index for index, each in enumerate(config.namespaces) if each.name == app.namespace]
    return ("namespaces", listed[0] if listed else app.namespace)


NEEDS = (
    Need("injection", 1, "its pods have a sidecar", _injection, preset=False),
    Need("accessLogs", 1, "its requests are logged", _access_logs),
    Need("metrics", 1, "metrics are kept and shown", _metrics),
    Need("timeout", 2, "its requests time out", _timeout),
    Need("retries", 2, "its routes say what is retried", _retries),
    Need("outlierDetection", 2, "pods that keep failing are left out", _outliers),
    Need("mtls", 3, "its pods reject plain text", _mutual_tls),
    Need("access", 4, "only clients that are named may call it", _access),
    Need("defaultDeny", 4, "nothing else may be called either", _default_deny, judged=False),
)
_OF_REQUESTS = ("timeout", "retries")
_OF_NO_PODS = ("accessLogs", "metrics")


def needs_of(app: App) -> Iterator[Need]:
    """What the steps need of an app: connections have no timeouts and retries, and an app that only redirects or
    delegates has no pods that anybody could reach."""
    for need in NEEDS:
        left_out = need.name in _OF_REQUESTS and app.protocol != "HTTP"
        if not left_out and (app.answers_requests or need.name in _OF_NO_PODS):
            yield need
