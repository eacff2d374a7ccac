"""Is Istio's control plane one that the rest of the stack can be built on?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.istio_places import naming, namings
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import ISTIO_HUB, OLDEST_ISTIO, oldest_kubernetes


@config_rule()
def istio_has_the_v1_apis(config: Config) -> Iterator[Hit]:
    """The objects of this stack use v1 of Istio's APIs, which older versions of Istio do not have.

    The API server would say `no matches for kind "VirtualService" in version "networking.istio.io/v1"`, after the
    charts are installed.
    """
    if tuple(int(part) for part in config.istio.version.split("-")[0].split(".")[:2]) < OLDEST_ISTIO:
        oldest = ".".join(str(part) for part in OLDEST_ISTIO)
        message = "too old: it does not have v1 of Istio's APIs"
        yield Hit(("istio", "version"), config.istio.version, message, f"write {oldest}.0 or newer")


@config_rule()
def istio_comes_from_where_it_stays(config: Config) -> Iterator[Hit]:
    """Charts and images come from locations that Istio keeps: it leaves Google Cloud in December 2026.

    A running pod is not affected until it moves to another node: the new pod waits with `ImagePullBackOff`, and the
    next `pulumi up` finds no chart. Istio 1.31 and newer were never published there.
    """
    for path, text, found in namings(config.model_dump(by_alias=True, exclude={"lint"})):
        yield Hit(path, text, found.message, found.remedy, severity=found.severity)


@config_rule(severity="warning")
def copied_charts_have_a_hub(config: Config) -> Iterator[Hit]:
    """Charts of Istio 1.30 that are not fetched from Istio itself need `istio.hub` for their images.

    As published they use a registry that goes away in December 2026; a copy may use another, which this program does
    not see and so does not change.
    """
    istio = config.istio
    charts = istio.charts.model_dump(exclude_none=True)
    hubs = istio.hub, istio.values.istiod.get("hub"), as_map(istio.values.istiod.get("global")).get("hub")
    if istio.version.startswith("1.30.") and not istio.is_shared and not istio.charts.are_istios_own and not any(hubs):
        for key, place in charts.items():
            if not naming(place):
                message = "as published, charts of Istio 1.30 pull images from a registry that goes away"
                remedy = f"write istio.hub: {ISTIO_HUB}, or the registry that your copy of the images is in"
                yield Hit(("istio", "charts", key), place, message, remedy)


@config_rule("IST0142", needs=("istio",))
def kubernetes_is_new_enough_for_istio(config: Config) -> Iterator[Hit]:
    """Istio supports the Kubernetes version of the cluster, if the stack file has it.

    On an older one istiod uses APIs that do not exist: its log fills with failed watches, and the objects that it
    watches through them have no effect.
    """
    version = config.cluster.version
    oldest = oldest_kubernetes(config.istio.minor[1])
    if version and oldest is not None and int(version.split(".")[1]) < oldest:
        message = f"Istio {config.istio.version} needs Kubernetes 1.{oldest} or newer"
        yield Hit(
            ("cluster", "version"), version, message, "upgrade the cluster first, or write an older istio.version"
        )


@config_rule(needs=("istio",))
def mtls_of_istios_namespace_is_the_meshs(config: Config) -> Iterator[Hit]:
    """A PeerAuthentication in Istio's own namespace applies to the whole mesh, so it is set once, under istio.

    A `strict` meant for one namespace would block every client without a sidecar, everywhere.
    """
    for index, namespace in enumerate([] if config.istio.is_shared else config.namespaces):
        if namespace.name == config.istio.namespace and namespace.mtls:
            message = "applies to the whole mesh here"
            yield Hit(("namespaces", index, "mtls"), namespace.mtls, message, "write it as istio.mtls instead")


@config_rule(needs=("istio", "namespaces"), severity="info")
def pods_of_the_mesh_have_an_mtls_mode(config: Config) -> Iterator[Hit]:
    """The stack file says whether pods with a sidecar accept plain text.

    If it does not, Istio's default applies, which is permissive: pods accept mTLS from clients in the mesh, and plain
    text from all others, who then have no identity that a policy could check. `strict` rejects plain text. Before it is
    set, every client needs a sidecar; Istio's metric `istio_requests_total` has the label
    `connection_security_policy`, which is `none` for requests in plain text.
    """
    if config.istio.mtls is None and not config.istio.is_shared:
        injected = [each.name for each in config.namespaces if each.is_injected and each.mtls is None]
        if injected:
            message = f"is unset, so Istio's default applies: pods in {', '.join(injected)} accept plain text too"
            remedy = "write strict once all their clients have sidecars, or permissive to keep it"
            yield Hit(("istio", "mtls"), None, message, remedy)


@config_rule()
def the_root_namespace_is_istios(config: Config) -> Iterator[Hit]:
    """Objects for the whole mesh are in the root namespace, which is the namespace of istiod.

    With another `rootNamespace` the mTLS mode and the tracing of the mesh apply to one namespace only: what looks
    strict accepts plain text everywhere else.
    """
    root = config.istio.mesh_config.get("rootNamespace")
    addons = [f"addons.{each.key}" for each in config.addons.named if each.mesh_objects(config.istio.namespace)]
    what = next(iter([*(["istio.mtls"] if config.istio.mtls else []), *addons]), None)
    if root is not None and root != config.istio.namespace and what:
        message = f"{what} is created in {config.istio.namespace}, so it would apply to that namespace only"
        yield Hit(
            ("istio", "meshConfig", "rootNamespace"), root, message, "remove it, or set istio.namespace to the same"
        )
