"""Does a running istiod serve every namespace and every gateway that asks for injection?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.revisions import served_revisions
from fairlead_mesh.lint.rule import config_rule

_LABELS = {"istio-injection", "istio.io/rev"}


@config_rule("IST0102", needs=("gateways",))
def gateways_are_injected(config: Config) -> Iterator[Hit]:
    """A gateway's pods get Envoy by injection, so injection is not off in its namespace.

    The pods stay in ImagePullBackOff for an image named `auto`, and the release times out after five minutes.
    """
    homes = {gateway.home: gateway.name for gateway in config.own_gateways}
    for index, namespace in enumerate(config.namespaces):
        off = "injection" if namespace.injection is False else "labels"
        if off == "labels" and namespace.labels.get("istio-injection") != "disabled":
            continue
        if namespace.name in homes and (off == "injection" or namespace.injection is None):
            path = ("namespaces", index, "injection") if off == "injection" else _label(index, "istio-injection")
            message = f"the gateway {homes[namespace.name]} gets its proxy by injection, and its pods would not start"
            value = False if off == "injection" else "disabled"
            yield Hit(path, value, message, "remove it here")


@config_rule("IST0102", needs=("istio",), severity="warning")
def namespaces_have_a_revision(config: Config) -> Iterator[Hit]:
    """An injected namespace uses a revision of this stack's istiod.

    The pods start without sidecars and without an error: no mTLS, no metrics, no routing, and STRICT pods reject their
    requests. Another istiod outside of this stack may have the revision, hence a warning.
    """
    served = served_revisions(config.istio)
    named = ", ".join(sorted(served))
    if config.istio.is_shared:
        # Which revisions the shared one has is asked of the cluster, before `up`.
        return
    for index, namespace in enumerate(config.namespaces):
        wanted = namespace.labels.get("istio.io/rev")
        if namespace.injection and "default" not in served:
            message = f"injection: true uses the default revision, and the istiod of this stack has {named}"
            remedy = f"write labels: {{istio.io/rev: {sorted(served)[0]}}} instead"
            yield Hit(("namespaces", index, "injection"), True, message, remedy)
        elif wanted and namespace.injection is None and wanted not in served:
            message = f"no istiod of this stack has the revision {wanted}: its pods would get no sidecar"
            yield Hit(_label(index, "istio.io/rev"), wanted, message, f"write {' or '.join(sorted(served))}")


@config_rule("IST0123")
def namespaces_ask_for_injection_once(config: Config) -> Iterator[Hit]:
    """A namespace sets injection in one way: by `injection`, or by the label of a revision.

    The older label wins, so the revision is never used, and an upgrade that moves namespaces by revision leaves this
    one behind.
    """
    for index, namespace in enumerate(config.namespaces):
        given = _LABELS & set(namespace.labels)
        asked = given | ({"injection"} if namespace.injection is not None else set[str]())
        if len(asked) > 1:
            key = sorted(given)[-1]
            remedy = "keep one of injection, istio-injection and istio.io/rev"
            message = f"sets injection in several ways ({', '.join(sorted(asked))}), and only one of them applies"
            yield Hit(_label(index, key), namespace.labels[key], message, remedy)


@config_rule(needs=("istio", "namespaces"))
def gateways_have_a_revision(config: Config) -> Iterator[Hit]:
    """If istiod runs as a revision, the gateway or its namespace names that revision.

    Otherwise no webhook injects the gateway's pods: they stay in ImagePullBackOff for an image named `auto`, and the
    release times out after five minutes.
    """
    served = served_revisions(config.istio)
    labelled = {namespace.name: namespace.labels.get("istio.io/rev") for namespace in config.namespaces}
    for index, gateway in enumerate([] if config.istio.is_shared else config.gateways):
        if gateway.external:
            continue
        own = gateway.values.get("revision")
        wanted = str(own or labelled.get(gateway.home) or "default")
        if wanted not in served:
            path = ("gateways", index, "values", "revision") if own else ("gateways", index, "name")
            message = f"its pods use the revision {wanted}, and the istiod of this stack has "
            message += f"{', '.join(sorted(served))}: they would get no proxy"
            remedy = f"write values: {{revision: {sorted(served)[0]}}} for it"
            yield Hit(path, own or gateway.name, message, remedy, severity="error" if not own else "warning")


def _label(index: int, key: str) -> tuple[str | int, ...]:
    return ("namespaces", index, "labels", key)
