"""Is every app of a namespace that denies by default one that somebody may call?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.access.app_policies import callers_by_calls
from fairlead_mesh.access.client import EVERYBODY
from fairlead_mesh.access.default_denials import denies
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.maturity.presets import without_known_pods
from fairlead_mesh.maturity.steps import STEPS


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
        named = app.callers or callers_by_calls(app, config.apps) or not app.answers_requests
        if denies(config, app.namespace) == "enforce" and not named:
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
                message = f"every request to {app.name} gets 403, and no policy can allow one"
                remedy = "remove it, and write callers: [...] for those who may; or say which requests: paths, methods"
                yield Hit(("apps", index, "deny", number), client.app, message, remedy)


@config_rule(needs=("apps", "istio", "samples", "addons"), severity="warning")
def the_last_step_denies_by_default(config: Config) -> Iterator[Hit]:
    """With `maturity: 4`, requests are denied by default, which needs the labels of every app's pods.

    An app whose pods nobody knows gets no policy, so every request to it would get 403. `maturity` therefore leaves the
    default open for the whole mesh.
    """
    asked = config.maturity == max(STEPS) and not config.istio.is_shared and not config.istio.default_deny
    unknown = without_known_pods(config) if asked else []
    if unknown:
        names = ", ".join(config.apps[index].name for index in unknown)
        message = f"sets no defaultDeny: nobody knows the labels of the pods of {names}"
        remedy = "write external: {labels: {app: ...}} there, or istio.defaultDeny yourself"
        yield Hit(("maturity",), config.maturity, message, remedy)
