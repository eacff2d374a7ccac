"""Can pods with a sidecar be created at the Pod Security level of their namespace?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Severity
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.namespaces import POD_SECURITY, Namespace

_ENFORCE = f"{POD_SECURITY}/enforce"


@config_rule(needs=("istio", "namespaces", "podSecurity"))
def sidecars_meet_the_pod_security_level(config: Config) -> Iterator[Hit]:
    """Sidecars meet the Pod Security level of their namespace.

    Without istio-cni, istio-init needs NET_ADMIN and NET_RAW, which baseline and restricted forbid: no pod with a
    sidecar is created, and only the events of its ReplicaSet say why. With istio-cni a sidecar meets baseline;
    restricted asks for a seccomp profile too, of the pod or in Istio's values. Running pods stay until they restart.
    """
    for index, namespace in enumerate(config.namespaces):
        key, level, enforced = _level(namespace, config)
        if not namespace.is_injected or level in (None, "privileged"):
            continue
        severity: Severity = "error" if enforced else "warning"
        then = "no pod with a sidecar is created" if enforced else "each pod with a sidecar causes a warning"
        path = ("namespaces", index, *key)
        if not config.istio.uses_cni:
            remedy = "install istio-cni and write istio.values.istiod.pilot.cni.enabled: true, or write privileged here"
            yield Hit(path, level, f"istio-init needs NET_ADMIN, so {then}", remedy, severity=severity)
        elif level == "restricted" and not _has_seccomp(config):
            message = "restricted asks for a seccomp profile, and sidecars have none unless their pod has one"
            remedy = "write istio.values.istiod.global.proxy.seccompProfile: {type: RuntimeDefault}"
            yield Hit(path, level, message, remedy, severity="warning")


def _level(namespace: Namespace, config: Config) -> tuple[tuple[str, ...], str | None, bool]:
    """The key that sets the level, the level, and whether it is enforced."""
    if _ENFORCE in namespace.labels:
        return ("labels", _ENFORCE), namespace.labels[_ENFORCE], True
    level = None if config.pod_security.mode == "off" else namespace.pod_security
    return ("podSecurity",), level, config.pod_security.mode == "enforce"


def _has_seccomp(config: Config) -> bool:
    proxy = as_map(as_map(config.istio.values.istiod.get("global")).get("proxy"))
    return as_map(proxy.get("seccompProfile")).get("type") in ("RuntimeDefault", "Localhost")
