"""Do the rate limits of apps and gateways count what they say?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.apps.handling import Handling
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.limits.rate_limit import RateLimit
from fairlead_mesh.lint.rule import config_rule


def _limits(config: Config) -> Iterator[tuple[Path, RateLimit]]:
    for section in ("gateways", "apps"):
        for index, owner in enumerate(getattr(config, section)):
            for number, limit in enumerate(owner.rate_limits):
                yield (section, index, "rateLimits", number), limit


@config_rule(needs=("rateLimitService",))
def global_limits_say_what_happens_uncounted(config: Config) -> Iterator[Hit]:
    """Where a limit is global, `rateLimitService` says whether requests pass while nobody counts them.

    With `failOpen: true` nothing is limited then, with `failOpen: false` every request gets 500: neither fits all.
    """
    found = next((path for path, limit in _limits(config) if limit.is_global), None)
    if found and config.rate_limit_service.fail_open is None:
        message = "nothing says what happens to requests while the service that counts them cannot be reached"
        remedy = "write rateLimitService: {failOpen: true} to let them pass, or failOpen: false to answer 500"
        yield Hit((*found, "scope"), "global", message, remedy)


@config_rule(needs=("apps", "gateways"), severity="warning")
def services_that_count_have_limits(config: Config) -> Iterator[Hit]:
    """What `rateLimitService` says is for a limit with `scope: global`.

    Without one no proxy would ask it, and nothing is installed.
    """
    is_said = config.rate_limit_service != type(config.rate_limit_service)()
    if is_said and not any(limit.is_global for _, limit in _limits(config)):
        message = "no limit of an app or a gateway has scope: global, so it is not installed"
        yield Hit(("rateLimitService",), None, message, "add scope: global to a limit, or remove rateLimitService")


@config_rule()
def limits_of_each_client_are_global(config: Config) -> Iterator[Hit]:
    """A limit with `by` is global, and so is every limit of a gateway; none of a gateway is for a `client`.

    A proxy has one bucket for each local limit, whoever sends the request; a gateway would have one for each host and
    port of it. Clients of a gateway have no identity of the mesh.
    """
    for path, limit in _limits(config):
        is_of_gateway = path[0] == "gateways"
        if limit.by and not limit.is_global:
            message = "a local limit is one bucket for all clients"
            yield Hit((*path, "by"), limit.by.part or limit.by.header, message, "add scope: global, or remove by")
        elif is_of_gateway and not limit.is_global:
            message = "a gateway would count for each of its hosts and pods alone"
            yield Hit((*path, "scope"), limit.scope, message, "write scope: global, or limit the apps behind it")
        if is_of_gateway and limit.client:
            message = "clients of a gateway have no identity of the mesh, so this counts no request"
            yield Hit((*path, "client"), limit.client, message, "write by: address, or move the limit to the app")


@config_rule(severity="warning")
def limits_are_not_below_another(config: Config) -> Iterator[Hit]:
    """Two limits for the same requests have different units, or one of them is never reached.

    Of 10 and of 100 requests a minute the first answers 429 before the second counts that far.
    """
    seen: dict[Any, tuple[Path, RateLimit]] = {}
    for path, limit in _limits(config):
        same = (path[:2], limit.model_dump_json(exclude={"requests"}))
        path_of_first, first = seen.setdefault(same, (path, limit))
        if first is not limit:
            lower = min(first.requests, limit.requests)
            message = f"is for the same requests as another limit of a {limit.unit}: only {lower} requests pass"
            yield Hit((*path, "requests"), limit.requests, message, "keep one of the two", first=path_of_first)


@config_rule(needs=("clients",))
def limited_headers_reach_the_app(config: Config) -> Iterator[Hit]:
    """A header that a limit counts by, or is for, reaches the app as its client sent it.

    Gateways and clients' proxies change headers, the app's proxy counts: without the header all clients share one
    limit, and a limit for one of its values counts nothing.
    """
    for index, app in enumerate(config.apps):
        counted = {name for limit in app.rate_limits for name in _headers(limit, config.clients.user_header)}
        owners: list[tuple[Path, Handling]] = [(("routes", number), each) for number, each in enumerate(app.routes)]
        for path, owner in [((), app), *owners] if counted else ():
            changes = owner.headers.request if owner.headers else None
            if changes is None:
                continue
            where: Path = ("apps", index, *path, "headers", "request")
            for name, value in changes.set.items():
                if name in counted:
                    message = "rateLimits counts by this header, which then has one value for all clients"
                    yield Hit((*where, "set", name), value, message, f"count by another header, or do not set {name}")
            for place, name in enumerate(changes.remove):
                if name in counted:
                    message = "rateLimits counts by this header, which then no request has any more"
                    yield Hit((*where, "remove", place), name, message, f"count by another header, or keep {name}")


def _headers(limit: RateLimit, user_header: str) -> Iterator[str]:
    yield from limit.headers
    if limit.by and limit.by.header:
        yield limit.by.header
    elif limit.by and limit.by.part == "user":
        yield user_header


@config_rule(needs=("istio", "namespaces", "apps", "gateways"))
def rate_limit_services_know_who_asks(config: Config) -> Iterator[Hit]:
    """The pods of the rate limit service have sidecars, and proxies reach them by mTLS.

    Only proxies with limits may ask it, known by their service accounts: without a sidecar nothing enforces that, and
    without mTLS nobody is known, so that every proxy gets 403.
    """
    counting = config.counting
    if not counting or not counting.installed:
        return
    path: Path = ("rateLimitService", "namespace")
    listed = next((each for each in config.namespaces if each.name == counting.namespace), None)
    if listed and not listed.is_injected:
        message = "its pods get no sidecar here: every pod of the cluster that reaches them may use up limits"
        remedy = f"write injection: true at the namespace {counting.namespace}"
        yield Hit(path, counting.namespace, message, remedy, severity="warning")
    elif ((listed and listed.mtls) or config.istio.mtls) == "disabled":
        message = "mTLS is disabled here, so it knows no proxy and answers 403 to each"
        yield Hit(path, counting.namespace, message, "write mtls: permissive or strict at this namespace")


@config_rule(needs=("apps", "gateways"), severity="warning")
def shared_counts_have_a_domain(config: Config) -> Iterator[Hit]:
    """Limits in a Redis or a service that others may use too have a `domain` of their own.

    Counts are kept by domain and limit: two stacks with one domain would use up each other's limits.
    """
    counting = config.counting
    if counting and (counting.redis or counting.service) and "domain" not in counting.model_fields_set:
        what = "redis" if counting.redis else "service"
        message = f"another stack with this {what} would count under the same name, {counting.domain}"
        yield Hit(("rateLimitService", what), None, message, "add domain: with a name of this stack, such as shop-dev")


@config_rule(needs=("namespaces",), severity="warning")
def limited_apps_have_sidecars(config: Config) -> Iterator[Hit]:
    """An app with `rateLimits` is in a namespace with injection: its own proxies count, or ask who counts.

    A pod without a sidecar gets every request, whatever the limit says.
    """
    bare = {each.name for each in config.namespaces if not each.is_injected}
    for index, app in enumerate(config.apps):
        if app.rate_limits and app.namespace in bare:
            message = f"pods in {app.namespace} get no sidecar here, so nothing limits their requests"
            remedy = f"write injection: true at the namespace {app.namespace}, or limit the gateway (scope: global)"
            yield Hit(("apps", index, "rateLimits"), None, message, remedy)
