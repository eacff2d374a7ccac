"""Do metrics and traces keep what others read of them?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.alerts.app_requests import COUNTED_BY
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.telemetry.labels import TRACED, MetricLabels


@config_rule(needs=("addons", "istio"))
def alerts_keep_their_labels(config: Config) -> Iterator[Hit]:
    """Metrics keep the labels that the alerts of the stack count by.

    Without the name of a Service or the status of an answer, every alert of failures and times stays silent.
    """
    if not any(addon.alerts_of_slos for addon in config.addons.named):
        return
    said: list[tuple[Path, MetricLabels | None]] = [(("istio", "telemetry"), config.istio.telemetry)]
    said += [(("apps", index, "telemetry"), app.telemetry) for index, app in enumerate(config.apps)]
    for path, labels in said:
        for place, name in enumerate(labels.drop_labels if labels else ()):
            if name in COUNTED_BY:
                message = f"the alerts of this stack count requests by {name}, and would stay silent"
                yield Hit((*path, "dropLabels", place), name, message, "keep it, or set addons' alerts.rules to none")


@config_rule(needs=("addons", "istio"))
def traced_apps_have_tracing(config: Config) -> Iterator[Hit]:
    """An app says how many of its requests are traced, or with which tags, where the stack has tracing.

    Its proxies would be told of a provider that istiod does not know, and send no traces.
    """
    # Whoever brings a shared istiod may have told it of the provider.
    if config.istio.is_shared or TRACED in {provider["name"] for provider in config.extension_providers}:
        return
    for index, app in enumerate(config.apps):
        if app.telemetry and (app.telemetry.sampling is not None or app.telemetry.tags):
            key = "sampling" if app.telemetry.sampling is not None else "tags"
            message = "this stack has no tracing, so that no proxy sends traces"
            yield Hit(("apps", index, "telemetry", key), None, message, "add tracing to addons, or remove this key")
