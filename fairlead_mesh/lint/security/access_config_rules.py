"""Are the clients that apps allow or deny ones of this stack, and can proxies tell who they are?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pydantic.alias_generators import to_camel

from fairlead_mesh.access.app_policies import callers_by_calls
from fairlead_mesh.access.client import EVERYBODY, Client
from fairlead_mesh.access.identities import identities
from fairlead_mesh.access.mtls_modes import mtls_mode
from fairlead_mesh.apps.app import App
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.item import Item

_KEYS = ("callers", "deny")


def named_clients(config: Config) -> Iterator[tuple[App, Path, Client]]:
    """Every client of every app, with its place."""
    for index, app in enumerate(config.apps):
        for key in _KEYS:
            for number, client in enumerate(getattr(app, key)):
                yield app, ("apps", index, key, number), client


@config_rule(needs=("apps", "gateways", "egress"))
def clients_exist(config: Config) -> Iterator[Hit]:
    """A client that an app allows or denies, and an app that it calls, is one of this stack.

    No policy can name another one by the name of an app: say its namespace, or its service account.
    """
    apps = sorted({app.name for app in config.apps})
    gateways = sorted(gateway.name for gateway in config.gateways)
    for _, path, client in named_clients(config):
        if client.app and client.app not in (EVERYBODY, *apps):
            near = nearest(client.app, apps)
            remedy = f"did you mean {near}?" if near else "write {namespace: ...} or {serviceAccount: namespace/name}"
            yield Hit(path, client.app, "this stack has no such app", remedy)
        if client.gateway and client.gateway not in gateways:
            remedy = f"this stack has {', '.join(gateways)}" if gateways else "this stack has no gateway"
            yield Hit((*path, "gateway"), client.gateway, "this stack has no such gateway", remedy)
    for index, app in enumerate(config.apps):
        for number, limit in enumerate(app.rate_limits):
            if limit.client and limit.client not in apps:
                near = nearest(limit.client, apps)
                path = ("apps", index, "rateLimits", number, "client")
                remedy = f"did you mean {near}?" if near else f"this stack has {', '.join(apps)}"
                yield Hit(path, limit.client, "this stack has no such app", remedy)
    called = [*apps, *(host.name for host in config.egress)]
    for index, app in enumerate(config.apps):
        for number, name in enumerate(app.calls):
            if name not in called:
                near = nearest(name, called)
                remedy = f"did you mean {near}?" if near else "write the name of an app or of a host of egress"
                yield Hit(("apps", index, "calls", number), name, "this stack has no such app or host", remedy)


def clients_without_an_account(config: Config, objects: Sequence[Item]) -> Iterator[Hit]:
    """Clients that are apps of which nobody knows as whom their pods run."""
    known = identities(config, objects).apps
    for _, path, client in named_clients(config):
        if client.app and client.app in known and not known[client.app].accounts:
            message = f"nobody knows the service account of the pods of {client.app}, by which proxies know a client"
            yield Hit(path, client.app, message, f"write serviceAccount at the app {client.app}")
    for index, app in enumerate(config.apps):
        for number, limit in enumerate(app.rate_limits):
            if limit.client and limit.client in known and not known[limit.client].accounts:
                message = f"nobody knows the service account of the pods of {limit.client}, so no request is counted"
                place = ("apps", index, "rateLimits", number, "client")
                yield Hit(place, limit.client, message, f"write serviceAccount at the app {limit.client}")
        calls_apps = not known.keys().isdisjoint(app.calls)
        if calls_apps and not known[app.name].accounts:
            message = "nobody knows the service account of its pods, by which proxies of what it calls know it"
            yield Hit(("apps", index, "calls"), None, message, f"write serviceAccount at the app {app.name}")


@config_rule(needs=("apps", "samples", "addons"))
def clients_have_a_service_account(config: Config) -> Iterator[Hit]:
    """The service account of an app that is a client of another is known.

    mTLS proves the service account of a pod and nothing else of it. It is known of samples and of pods under `objects`;
    of others the app says it by `serviceAccount`.
    """
    yield from clients_without_an_account(config, ())


def apps_without_labels(config: Config, objects: Sequence[Item]) -> Iterator[Hit]:
    """Apps with policies of which nobody knows the pods."""
    known = identities(config, objects).apps
    for index, app in enumerate(config.apps):
        key = next(
            (
                key
                for key in (*_KEYS, "jwt", "mtls", "calls", "authorizer", "rate_limits", "access_logs", "telemetry")
                if getattr(app, key)
            ),
            None,
        )
        key = key or ("name" if callers_by_calls(app, config.apps) else None)
        if key and not known[app.name].labels:
            message = f"nobody knows the labels of the pods of {app.name}, so no policy can select them"
            path = ("apps", index, to_camel(key))
            yield Hit(path, None, message, "write external: {labels: {app: ...}} with those labels")


@config_rule(needs=("apps", "samples", "addons"))
def policies_select_the_pods_of_their_app(config: Config) -> Iterator[Hit]:
    """The pods of an app with policies are known: from a sample, a Service under `objects`, or by `external`.

    A policy selects pods by their labels; without any it would apply to every pod of the namespace.
    """
    yield from apps_without_labels(config, ())


DECIDED_BY_OBJECTS: dict[str, Callable[[Config, Sequence[Item]], Iterator[Hit]]] = {
    clients_have_a_service_account.__name__: clients_without_an_account,
    policies_select_the_pods_of_their_app.__name__: apps_without_labels,
}
"""Rules that the objects of the stack's own files can satisfy, with what they do not satisfy."""


@config_rule(needs=("istio", "namespaces"), severity="warning")
def clients_are_identified_by_mtls(config: Config) -> Iterator[Hit]:
    """Where clients are allowed or denied by who they are, plain text is rejected.

    A client without a sidecar sends plain text and has no identity: with permissive mTLS `callers` answers it 403, and
    `deny` does not apply to it.
    """
    for index, app in enumerate(config.apps):
        mode, where = mtls_mode(config, app)
        for key in _KEYS if mode == "permissive" else ():
            known = [number for number, client in enumerate(getattr(app, key)) if client.is_known_by_mtls]
            path = ("apps", index, key, *known[:1])
            if known and key == "deny":
                message = f"{where} accepts plain text, whose sender has no identity: this does not deny it"
                yield Hit(path, None, message, "write mtls: strict at the app, or deny the network by cidr")
            elif known:
                message = f"{where} accepts plain text, whose sender has no identity and gets 403"
                yield Hit(path, None, message, "write mtls: strict at the app, its namespace or istio", severity="info")
