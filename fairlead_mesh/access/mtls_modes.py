"""Do the pods of an app accept plain text, as far as the stack file says? The nearest key that says it."""

from __future__ import annotations

from fairlead_mesh.apps.app import App
from fairlead_mesh.config import Config
from fairlead_mesh.istio import MutualTls


def mtls_mode(config: Config, app: App) -> tuple[MutualTls, str]:
    """The mode, and the key that sets it."""
    own = app.mtls.mode if app.mtls else None
    if own:
        return own, "mtls of the app"
    for namespace in config.namespaces:
        if namespace.name == app.namespace and namespace.mtls:
            return namespace.mtls, f"mtls of the namespace {app.namespace}"
    if config.istio.mtls:
        return config.istio.mtls, "istio.mtls"
    unset: MutualTls = "permissive"
    return unset, "istio.mtls is unset, which"
