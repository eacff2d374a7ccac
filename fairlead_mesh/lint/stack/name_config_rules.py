"""Does every object of the stack get a name of its own, and one that Kubernetes and Helm take?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.object_names import ObjectNames
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.repetition import repeated
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.routing.destination_rule import destination_rules

_KINDS = {
    "virtual_service": "VirtualService",
    "mesh_virtual_service": "VirtualService",
    "destination_rule": "DestinationRule",
    "callers": "AuthorizationPolicy",
    "deny": "AuthorizationPolicy",
    "mtls": "PeerAuthentication",
    "jwt": "RequestAuthentication",
}
_SUFFIXES = {"mesh_virtual_service": "-mesh", "callers": "-callers", "deny": "-deny"}
_NO_SERVICE = "begins with a digit, and Kubernetes before 1.36 rejects such a name for a Service"


@config_rule(firm=True)
def names_are_unique(config: Config) -> Iterator[Hit]:
    """Two gateways, namespaces, apps or samples with one name would be the same Kubernetes object twice.

    Pulumi rejects two resources of one name before it does anything; with kubectl the second would overwrite the first.
    """
    for section in ("gateways", "namespaces", "apps"):
        named = (((section, index, "name"), item.name) for index, item in enumerate(getattr(config, section)))
        yield from repeated(named, section.removesuffix("s"))
    samples = (
        (("samples", index, "name"), f"{item.name} in {item.namespace}") for index, item in enumerate(config.samples)
    )
    yield from repeated(samples, "sample")


@config_rule(firm=True)
def generated_names_are_unique(config: Config) -> Iterator[Hit]:
    """No app has the name of another app's second object: `<app>-mesh`, or `<app>-<version>`.

    An app whose hosts cover its own name, as `*` does, gets a second VirtualService for clients inside the mesh; a
    version with a Service of its own and a circuit breaker or load balancing gets a DestinationRule. `pulumi up` would
    fail with a duplicate resource, and name neither of the two apps.
    """
    places: dict[str, Path] = {app.name: ("apps", index, "name") for index, app in enumerate(config.apps)}
    for app in config.apps:
        for name, what in _generated(app):
            if name in places:
                message = f"is the name of the {what}"
                yield Hit(places[name], name, message, "rename one of the two apps", first=places[app.name])


def _generated(app: App) -> Iterator[tuple[str, str]]:
    """Names of objects of an app besides its own name, and what they are."""
    if app.routes_apart:
        yield f"{app.name}-mesh", f"VirtualService that {app.name} gets for clients inside the mesh"
    # Resources are named for their role, whatever their objects are called on the cluster.
    plain = app.model_copy(update={"object_names": ObjectNames()})
    for name in (rule["metadata"]["name"] for rule in destination_rules(plain)):
        if name != app.name:
            yield name, f"DestinationRule that {app.name} gets for a Service of one version"


@config_rule(firm=True)
def object_names_are_used_once(config: Config) -> Iterator[Hit]:
    """No two apps of a namespace give an object of one kind the same name by `objectNames`.

    Both would write the one object: each `pulumi up` undoes what the other app says.
    """
    places: dict[tuple[str, str, str], Path] = {}
    for index, app in enumerate(config.apps):
        names = {key: getattr(app.object_names, key) for key in ObjectNames.model_fields}
        said = {key: name or f"{app.name}{_SUFFIXES.get(key, '')}" for key, name in names.items()}
        for key, name in sorted(said.items()):
            kind = _KINDS.get(key, key)
            path: Path = ("apps", index, "objectNames", str(ObjectNames.model_fields[key].alias))
            at = path if names[key] else ("apps", index, "name")
            first = places.setdefault((kind, app.namespace, name), at)
            if first != at and (names[key] or first[2] == "objectNames"):
                message = f"is the name of another {kind} of {app.namespace}"
                own = path if names[key] else first
                yield Hit(own, name, message, "write the name that it has on the cluster", first=first)


@config_rule(severity="warning")
def services_begin_with_a_letter(config: Config) -> Iterator[Hit]:
    """The name of a gateway or an app is the name of a Service, which begins with a letter.

    The API server rejects it in the middle of `pulumi up`, with everything before it created; Kubernetes 1.36 and newer
    accept a digit too.
    """
    for index, gateway in enumerate(config.gateways):
        if gateway.name[0].isdigit() and not gateway.external:
            yield Hit(
                ("gateways", index, "name"), gateway.name, _NO_SERVICE, f"write for example gateway-{gateway.name}"
            )
    for index, app in enumerate(config.apps):
        if app.service_name[0].isdigit():
            path = ("apps", index, "service" if app.service else "name")
            yield Hit(path, app.service_name, _NO_SERVICE, "write the real name of its Service under service")
        for number, version in enumerate(app.versions):
            if version.service and version.service[0].isdigit():
                path = ("apps", index, "versions", number, "service")
                yield Hit(path, version.service, _NO_SERVICE, "write the real name of its Service")


@config_rule(needs=("istio", "addons"))
def releases_have_names_of_their_own(config: Config) -> Iterator[Hit]:
    """A gateway is a Helm release of its name, so no other chart in its namespace has that release name.

    Helm would say `cannot re-use a name that is still in use`, or upgrade istiod to a gateway.
    """
    taken = {(config.istio.namespace, name) for name in ("istio-base", "istiod")}
    taken |= {(addon.namespace, addon.role) for addon in config.addons.installed if addon.chart}
    for index, gateway in enumerate(config.gateways):
        if (gateway.home, gateway.name) in taken and not gateway.external:
            message = f"is the release of another chart in {gateway.home}: Helm rejects to use the name again"
            yield Hit(("gateways", index, "name"), gateway.name, message, "choose another name, such as istio-ingress")
