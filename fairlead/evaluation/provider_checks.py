"""What does a provider make of inputs before the engine shows them? The defaults of a Release, a provider's version.

Source: `Check` of the Helm Release in pulumi-kubernetes, and what the engine adds to a provider's inputs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairlead.evaluation.chart_version import chart_version
from fairlead.evaluation.snapshot import PROVIDER_TYPES, Resource

_OFF = (
    "allowNullValues",
    "atomic",
    "cleanupOnFail",
    "createNamespace",
    "dependencyUpdate",
    "devel",
    "disableCRDHooks",
    "disableOpenapiValidation",
    "disableWebhooks",
    "forceUpdate",
    "lint",
    "recreatePods",
    "renderSubchartNotes",
    "replace",
    "resetValues",
    "reuseValues",
    "skipCrds",
    "verify",
    "waitForJobs",
)
_RELEASE: dict[str, Any] = {
    **dict.fromkeys(_OFF, False),
    "description": "",
    "keyring": "",
    "postrender": "",
    "timeout": 0,
}


def checked_inputs(resource: Resource) -> dict[str, Any]:
    """The inputs of a resource as the engine shows them."""
    if resource.is_release:
        return _checked_release(resource.inputs)
    if resource.type.startswith(PROVIDER_TYPES):
        return {"__internal": {}, **resource.inputs, "version": resource.plugin_version}
    return resource.inputs


def _checked_release(inputs: dict[str, Any]) -> dict[str, Any]:
    """Every option spelled out, and the version of a chart in a folder read from it."""
    checked = {**_RELEASE, **inputs}
    # A switch of the SDK's that the provider takes out again.
    checked.pop("compat", None)
    if "version" not in checked and (version := chart_version(Path(str(inputs["chart"])))):
        checked["version"] = version
    return dict(sorted(checked.items()))
