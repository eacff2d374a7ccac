"""Would only those who should see an addon see it? From outside the cluster, and through a gateway."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path, Severity
from fairlead_mesh.lint.rule import config_rule


@config_rule()
def addons_stay_inside_the_cluster(config: Config) -> Iterator[Hit]:
    """Addons, which show metrics, traces and the whole mesh, are not reachable from outside the cluster.

    Prometheus, Jaeger and Zipkin have no login; Kiali and Grafana require one if they are reachable from outside, but
    their pages are plain HTTP, so credentials can be read in transit. A load balancer, a node port or an Ingress opens
    them to anyone who finds the address.
    """
    around = config.around_addons()
    for addon in config.addons.installed:
        read = addon.reading(around)
        if read.opened_by and read.anonymous:
            yield _open(addon, f"anyone who can reach the {read.opened_by} can view it without a login", "error")
        elif read.opened_by:
            # A token is given out by Kubernetes and ends by itself; Grafana's one password can be guessed for ever.
            message = f"users send their {read.login} through the {read.opened_by} as plain HTTP"
            yield _open(addon, message, "error" if read.login == "password" else "warning")


def _open(addon: Addon, message: str, severity: Severity) -> Hit:
    own = addon.service_type != "ClusterIP"
    path: Path = ("addons", addon.key, "serviceType") if own else ("addons", addon.key, "values")
    remedy = "write ClusterIP and use kubectl port-forward, or silence this with the reason why it may be open"
    return Hit(path, addon.service_type if own else None, message, remedy, severity=severity)


@config_rule(needs=("addons", "gateways"), severity="warning")
def routed_addons_ask_people_to_log_in(config: Config) -> Iterator[Hit]:
    """An app that routes from a gateway to an addon routes to one that requires a login.

    The addon's own Service is closed to the outside, and the gateway opens it again: to everyone whom no
    AuthorizationPolicy at the gateway denies.
    """
    around = config.around_addons()
    open_pages = {
        (addon.namespace, addon.product.endpoint.service): addon
        for addon in config.addons.installed
        if addon.product.endpoint and addon.reading(around).anonymous
    }
    for index, app in enumerate(config.apps):
        found = (open_pages.get((app.namespace, service)) for service in app.services)
        addon = next((each for each in found if each), None)
        if addon and app.ingress_gateways:
            through = ", ".join(app.ingress_gateways)
            message = f"routes everyone who can reach {through} to {addon.product.title}, which requires no login"
            remedy = "deny others with an AuthorizationPolicy or a RequestAuthentication at the gateway, under objects"
            yield Hit(("apps", index, "gateways"), app.gateways, message, remedy)
