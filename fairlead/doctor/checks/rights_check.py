"""May we create what the stack creates? Each kind and namespace asked of the API server itself."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, failed, ok
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 20
QUICK = True
_REVIEW = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
_ROLES = ("rbac.authorization.k8s.io/v1", "ClusterRole"), ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")
_DEPLOYMENT = ("apps/v1", "Deployment")
_VALIDATING = ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")
_OF_ISTIOS_CHARTS = {
    "base": (("apiextensions.k8s.io/v1", "CustomResourceDefinition"), _VALIDATING),
    "istiod": (("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"), _VALIDATING, *_ROLES, _DEPLOYMENT),
    "gateway": (_DEPLOYMENT,),
    "cni": (("apps/v1", "DaemonSet"), *_ROLES),
    "ztunnel": (("apps/v1", "DaemonSet"),),
}
"""Kinds that a stack does not apply itself but Istio's charts do (manifests/charts in istio/istio). Charts of addons
bring a Deployment and, as they read the cluster, roles."""
_OF_OTHERS = (_DEPLOYMENT, *_ROLES)
_OF_EVERY_CHART = (("v1", "Secret"), ("v1", "ServiceAccount"), ("v1", "Service"), ("v1", "ConfigMap"))
"""Helm's record of a release is a Secret."""
_VERBS = ("create", "patch", "delete")
_REMEDY = "have them granted by a Role or a ClusterRole, or use a context with these rights"


def check(examined: Examined) -> Iterator[Seen]:
    """SelfSubjectAccessReview for create, patch and delete of every kind: everywhere at once, else by namespace."""
    if _may(examined, group="*", resource="*", verb="*"):
        yield ok("everything is allowed")
        return
    wanted: dict[tuple[str, str], set[str]] = {}
    for api_version, kind, namespace in _wanted(examined):
        wanted.setdefault((api_version, kind), set()).add(namespace)
    missing: dict[tuple[str, str], list[str]] = {}
    for of_kind, namespaces in sorted(wanted.items()):
        for verb in _VERBS:
            if _allowed(examined, of_kind, "", verb):
                continue
            for namespace in sorted(namespaces):
                if not namespace or not _allowed(examined, of_kind, namespace, verb):
                    missing.setdefault((of_kind[1], namespace), []).append(verb)
    for (kind, namespace), verbs in missing.items():
        where = f" in {namespace}" if namespace else ""
        yield failed(f"no right to {' or '.join(verbs)} a {kind}{where}", _REMEDY)
    if not missing:
        yield ok(f"all {len(wanted)} kinds of the stack may be created, changed and deleted")


def _wanted(examined: Examined) -> Iterator[tuple[str, str, str]]:
    for ref, _ in examined.objects:
        yield ref.api_version, ref.kind, ref.namespace
    for release in examined.snapshot.releases:
        home = str(release.inputs.get("namespace") or "default")
        yield from ((*of_all, home) for of_all in _OF_EVERY_CHART)
        for api_version, kind in _OF_ISTIOS_CHARTS.get(release.chart, _OF_OTHERS):
            yield api_version, kind, home if api_version == "apps/v1" else ""


def _allowed(examined: Examined, of_kind: tuple[str, str], namespace: str, verb: str) -> bool:
    """Whether it is allowed in a namespace or, with an empty one, everywhere."""
    api_version, kind = of_kind
    known = examined.cluster.kinds().get(of_kind)
    # Istio's own kinds may not be there yet; they are named as Kubernetes names its own.
    lower = kind.lower()
    plural = known.plural if known else f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"
    where = {"namespace": namespace} if namespace else {}
    return _may(examined, group=api_version.rpartition("/")[0], resource=plural, verb=verb, **where)


def _may(examined: Examined, **asked: str) -> bool:
    said = examined.cluster.create({**_REVIEW, "spec": {"resourceAttributes": asked}})
    return as_map(said.get("status")).get("allowed") is True
