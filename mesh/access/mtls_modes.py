"""Do the pods of an app accept plain text, as far as the stack file says? The nearest key that says it."""

from __future__ import annotations

from mesh.apps.app import App
from mesh.config import Config
from mesh.istio import MutualTls


def mtls_mode(config: Config, app: App) -> tuple[MutualTls, str]:
    """The mode, and the key that sets it."""
    own = app.mtls.mode if app.mtls else None
    of_namespace = next((each.mtls for each in config.namespaces if each.name == app.namespace and each.mtls), None)
    if own:
        return own, "mtls of the app"
    if of_namespace:
        return of_namespace, f"mtls of the namespace {app.namespace}"
    if config.istio.mtls:
        return config.istio.mtls, "istio.mtls"
    unset: MutualTls = "permissive"
    return unset, "istio.mtls is unset, which"
