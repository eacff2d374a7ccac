"""Does a stack leave alone what another one brings: the shared control plane, and gateways that exist without it?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.section import Section
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.telemetry.log_telemetry import log_providers

_OF_THE_STACK = frozenset({"control_plane", "version", "namespace", "charts"})
"""What a stack says of an Istio that it does not bring: where it is, and which one its own gateways fit."""
_SAID_OF_A_GATEWAY = frozenset({"name", "namespace", "direction", "expose", "selector", "external", "ports", "pods"})
_OWNER = "remove it here, and set it in the stack that brings Istio"


@config_rule(needs=("istio",), firm=True)
def shared_control_planes_are_left_alone(config: Config) -> Iterator[Hit]:
    """A stack with `controlPlane: shared` sets nothing of the control plane.

    It brings no istiod that would read the setting, and a mode of mTLS or a MeshConfig would apply to every other stack
    on the cluster.
    """
    if not config.istio.is_shared:
        return
    for key, value in _said(config.istio, Istio, _OF_THE_STACK):
        yield Hit(("istio", key), value, "is of the control plane, and this stack shares one", _OWNER)
    if config.security_rules == "always":
        message = "opens ports to istiod, and this stack shares one: whoever brings it opens them"
        yield Hit(("securityRules",), "always", message, "remove it, or write off")


@config_rule(needs=("istio", "addons"), firm=True)
def shared_control_planes_are_told_of_no_addons(config: Config) -> Iterator[Hit]:
    """A stack with `controlPlane: shared` has no addon that istiod or the whole mesh has to be told of.

    Tracing needs an entry in MeshConfig and a Telemetry object for the whole mesh: without them no span is ever sent.
    """
    if config.istio.is_shared:
        for section in ("namespaces", "apps"):
            for index, each in enumerate(getattr(config, section)):
                if each.access_logs and [*log_providers([each.access_logs])]:
                    message = "needs a provider in MeshConfig, and this stack shares its control plane"
                    yield Hit((section, index, "accessLogs"), None, message, "write true or false")
        for addon in config.addons.named:
            if addon.extension_providers() or addon.mesh_objects(config.istio.namespace):
                message = "needs settings of the whole mesh, and this stack shares its control plane"
                yield Hit(("addons", addon.key), None, message, _OWNER)


@config_rule(needs=("istio", "addons", "gateways", "namespaces", "samples", "rateLimitService"), firm=True)
def shared_control_planes_keep_their_namespace(config: Config) -> Iterator[Hit]:
    """A stack with `controlPlane: shared` puts nothing into Istio's own namespace.

    The namespace is another stack's, and objects of Istio in it apply to the whole mesh.
    """
    if not config.istio.is_shared:
        return
    home = config.istio.namespace
    for path, name in _placed(config):
        if name == home:
            message = "is the namespace of the shared control plane"
            yield Hit(path, name, message, "choose another one")


@config_rule(needs=("gateways",), firm=True)
def external_gateways_are_left_alone(config: Config) -> Iterator[Hit]:
    """What is said of a gateway with `external: true` is how to reach it, and nothing that would change it.

    Nothing of it is created or changed: whoever reads `replicas` or `allowFrom` here believes that it is so.
    """
    for index, gateway in enumerate(config.gateways):
        if gateway.external:
            for key, value in _said(gateway, Gateway, _SAID_OF_A_GATEWAY):
                message = "has no effect: the gateway is external, and this stack does not change it"
                yield Hit(("gateways", index, key), value, message, "remove it, or external: true")


@config_rule(needs=("gateways",))
def only_external_gateways_have_pods_elsewhere(config: Config) -> Iterator[Hit]:
    """A gateway with `pods` has `external: true`.

    A gateway of this stack brings its pods into its own namespace; `pods` would be ignored.
    """
    for index, gateway in enumerate(config.gateways):
        if gateway.pods and not gateway.external:
            message = "is about pods that exist, and this stack brings the pods of the gateway"
            yield Hit(("gateways", index, "pods"), gateway.pods.service, message, "remove it, or write external: true")


@config_rule(needs=("gateways", "namespaces"), severity="warning")
def external_gateways_are_where_they_are(config: Config) -> Iterator[Hit]:
    """The namespace of an external gateway is not one that this stack creates.

    A namespace that comes with the stack cannot have a gateway that was there before.
    """
    created = {namespace.name for namespace in config.namespaces if not namespace.adopted}
    for index, gateway in enumerate(config.gateways):
        if gateway.external and gateway.home in created:
            message = f"is external, and this stack creates its namespace {gateway.home}"
            yield Hit(("gateways", index, "name"), gateway.name, message, "write the namespace that it is in")


def _said(section: Section, kind: type[Section], known: frozenset[str]) -> Iterator[tuple[str, object]]:
    """The keys that a section sets beside those that are `known`, by the names of the stack file."""
    for name in sorted(section.model_fields_set - known):
        value = getattr(section, name)
        if value != kind.model_fields[name].get_default(call_default_factory=True):
            shown = value if isinstance(value, (str, int, bool)) else None
            yield str(kind.model_fields[name].alias), shown


def _placed(config: Config) -> Iterator[tuple[Path, str]]:
    for index, namespace in enumerate(config.namespaces):
        yield ("namespaces", index, "name"), namespace.name
    for index, gateway in enumerate(config.gateways):
        if not gateway.external:
            yield ("gateways", index, "namespace" if gateway.namespace else "name"), gateway.home
    for addon in config.addons.installed:
        yield ("addons", addon.key, "namespace"), addon.namespace
    for index, sample in enumerate(config.samples):
        yield ("samples", index, "namespace"), sample.namespace
    for index, app in enumerate(config.apps):
        yield ("apps", index, "namespace"), app.namespace
    if config.counting and config.counting.installed:
        yield ("rateLimitService", "namespace"), config.counting.namespace
