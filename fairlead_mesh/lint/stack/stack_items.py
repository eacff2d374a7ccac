"""What will this stack put into the cluster? Every object as an item that knows its place in the stack file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead_mesh.config import Config
from fairlead_mesh.external import external_pods, external_services
from fairlead_mesh.findings import Path
from fairlead_mesh.gateway_values import gateway_object
from fairlead_mesh.istio import peer_authentication
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.limits.rate_limit_objects import rate_limit_objects
from fairlead_mesh.lint.stack.chart_items import chart_items
from fairlead_mesh.lint.stack.stack_places import places_of_app, places_of_gateway
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.namespaces import namespace_object
from fairlead_mesh.policies import policies
from fairlead_mesh.rollout.gateway_rollout import rollout_objects
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services
from fairlead_mesh.samples.samples import sample_objects
from fairlead_mesh.telemetry.mesh_objects import mesh_objects


def stack_items(config: Config, objects: Sequence[Item]) -> list[Item]:
    """What the program applies, as the components do it, then what its charts bring, then the stack's own `objects`.

    The Service of an app is taken to exist: whose it is, and whether that is known, is another question. Secrets of
    the stack are left out, since no rule may look at them.
    """
    applied = [
        *_namespaces(config),
        *_control_plane(config),
        *_gateways(config),
        *_samples(config),
        *_routing(config),
        *policies(config, objects),
        *_items(rate_limit_objects(config, objects), "rateLimitService"),
    ]
    brought = chart_items(config)
    known = _services([*applied, *brought, *objects])
    return [*applied, *brought, *_services_of_apps(config, known), *objects]


def declared_services(config: Config) -> set[tuple[str, str]]:
    """(namespace, name) of the Services that the stack file itself brings: those of samples, addons and gateways."""
    return _services([*_control_plane(config), *_samples(config), *chart_items(config)])


def _services(items: Sequence[Item]) -> set[tuple[str, str]]:
    return {(item.namespace, item.name) for item in items if item.kind == "Service"}


def _items(manifests: Sequence[Manifest | None], *origin: str | int) -> Iterator[Item]:
    return (Item(manifest, origin) for manifest in manifests if manifest)


def _namespaces(config: Config) -> Iterator[Item]:
    needed_by = namespace_origins(config)
    for namespace in config.all_namespaces:
        yield Item(namespace_object(namespace), needed_by[namespace.name])


def namespace_origins(config: Config) -> dict[str, Path]:
    """Namespace -> the part of the stack file that lists it, or needs it first."""
    origins: dict[str, Path] = {}
    for section in ("namespaces", "gateways", "samples"):
        for index, item in enumerate(getattr(config, section)):
            name = item.home if section == "gateways" else item.name if section == "namespaces" else item.namespace
            origins.setdefault(name, (section, index))
    origins.setdefault(config.istio.namespace, ("istio",))
    for addon in config.addons.installed:
        origins.setdefault(addon.namespace, ("addons", addon.key))
    if config.counting:
        origins.setdefault(config.counting.namespace, ("rateLimitService",))
    return origins


def _control_plane(config: Config) -> Iterator[Item]:
    if config.istio.mtls and not config.istio.is_shared:
        yield Item(peer_authentication(config.istio.namespace, config.istio.mtls), ("istio", "mtls"))
    for index, namespace in enumerate(config.namespaces):
        if namespace.mtls:
            policy = peer_authentication(namespace.name, namespace.mtls, namespace.object_names.mtls)
            yield Item(policy, ("namespaces", index, "mtls"))
    for origin, manifest in mesh_objects(config.istio, config.addons).values():
        yield Item(manifest, origin)
    around = config.around_addons()
    for addon in config.addons.named:
        objects = [*addon.policies(around), *addon.objects(), *addon.shared_objects(around)]
        objects += addon.chart_objects(around) if addon.chart else []
        yield from _items(objects, "addons", addon.key)
    for page in config.exposed_pages:
        yield from _items([*page.policies(), *page.entrance()], "addons", page.addon.key, "expose")


def _gateways(config: Config) -> Iterator[Item]:
    for index, gateway in enumerate(config.gateways):
        if manifest := gateway_object(gateway):
            places = places_of_gateway(gateway, manifest)
            yield Item(manifest, ("gateways", index), places, brought=gateway.external)
        yield from _items(rollout_objects(gateway), "gateways", index)


def _samples(config: Config) -> Iterator[Item]:
    for index, sample in enumerate(config.samples):
        yield from _items(sample_objects(sample), "samples", index)


def _routing(config: Config) -> Iterator[Item]:
    bindings = {gateway.name: f"{gateway.home}/{gateway.name}" for gateway in config.gateways}
    for index, app in enumerate(config.routed_apps):
        for manifest in [*destination_rules(app), *virtual_services(app, bindings)]:
            yield Item(manifest, ("apps", index), places_of_app(config.apps[index], app, manifest))


def _services_of_apps(config: Config, known: set[tuple[str, str]]) -> Iterator[Item]:
    """Services that apps name and nothing here declares, and their pods where the app says their labels."""
    seen = set(known)
    for index, app in enumerate(config.apps):
        undeclared = [each for each in external_services(app) if _name(each) not in seen]
        seen |= {_name(each) for each in undeclared}
        pods = external_pods(app) if undeclared else []
        yield from (Item(stub, ("apps", index), brought=True) for stub in [*undeclared, *pods])


def _name(manifest: Manifest) -> tuple[str, str]:
    return manifest["metadata"]["namespace"], manifest["metadata"]["name"]
