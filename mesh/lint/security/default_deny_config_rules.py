"""Is every app of a namespace that denies by default one that somebody may call?"""

from __future__ import annotations

from collections.abc import Iterator

from mesh.access.app_policies import callers_by_calls
from mesh.access.client import EVERYBODY
from mesh.access.default_denials import denies
from mesh.config import Config
from mesh.findings import Hit
from mesh.lint.rule import config_rule


@config_rule(needs=("apps", "istio", "namespaces"))
def dry_runs_are_not_denied_by_default(config: Config) -> Iterator[Hit]:
    """An app with `dryRun` is not in a namespace, or a mesh, that denies by default.

    What is only tried allows nothing, so the default decides: every request gets 403, those of `callers` too.
    """
    for index, app in enumerate(config.apps):
        if app.dry_run and app.callers and denies(config, app.namespace) == "enforce":
            message = (
                f"callers: of a dry run allow nothing, and {app.namespace} denies by default: every request gets 403"
            )
            yield Hit(("apps", index, "dryRun"), True, message, "remove it here, or write defaultDeny: dryRun there")


@config_rule(needs=("apps", "istio", "namespaces"), severity="info")
def apps_denied_by_default_have_clients(config: Config) -> Iterator[Hit]:
    """Where requests are denied by default, an app says who may call it, or another one that it calls it.

    Otherwise every request to it gets 403, unless an AuthorizationPolicy under `objects` allows some.
    """
    for index, app in enumerate(config.apps):
        if denies(config, app.namespace) == "enforce" and not app.callers and not callers_by_calls(app, config.apps):
            message = f"{app.namespace} denies by default and nobody may call {app.name}: every request gets 403"
            remedy = "write callers: [...], or calls: at the apps that call it"
            yield Hit(("apps", index, "name"), app.name, message, remedy)


@config_rule(severity="warning")
def denied_clients_leave_others(config: Config) -> Iterator[Hit]:
    """A client that `deny` names is not every client with every request.

    Nothing allows what is denied: the app would answer 403 to all, whatever `callers` says.
    """
    for index, app in enumerate(config.apps):
        for number, client in enumerate(app.deny):
            if client.app == EVERYBODY and not client.is_limited:
                message = f"every request to {app.name} gets 403, whatever callers says"
                remedy = "remove it, and list in callers who may; or say which requests: paths, methods, headers"
                yield Hit(("apps", index, "deny", number), client.app, message, remedy)
