"""Which annotations does Istio read, on which kinds and with which values? A table that tools/annotations.py makes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

from fairlead_mesh.keys.duration import nanoseconds
from fairlead_mesh.keys.nearest import nearest

ANY, POD = "Any", "Pod"
SET_BY_ISTIO = ("gateway.istio.io/controller-version", "istio.io/rev", "sidecar.istio.io/status")
"""What Istio's own controllers and injection write, wherever that is."""
_OF_MACHINES = ("istio.io/autoRegistrationGroup", "istio.io/connectedAt", "istio.io/disconnectedAt")
_WRITTEN_BY_ISTIO = (*SET_BY_ISTIO, *_OF_MACHINES, "ambient.istio.io/redirection", "istio.io/workloadController")
"""Those, and what it writes on pods and machines that it takes in: nobody means one of these."""
Check = Callable[[str], bool]
_TABLE = Path(__file__).with_suffix(".json")
_LAST_PORT, _LARGEST = 65535, 2**32 - 1
_QUANTITY = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?\d+)?")
_INTERFACE = re.compile(r"[^\s/]{1,15}")
_LEVELS = ("trace", "debug", "info", "warning", "warn", "error", "critical", "off")
_AGENT_LEVELS = ("none", "fatal", "error", "warn", "info", "debug")
_COMPRESSIONS = ("brotli", "gzip", "zstd", "")
_BOOLEANS = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")


@cache
def _table() -> dict[str, Any]:
    return json.loads(_TABLE.read_text(encoding="utf-8"))


def is_istios(name: str) -> bool:
    """Whether an annotation is in Istio's domain, which nobody else writes to."""
    domain = name.partition("/")[0]
    return domain == "istio.io" or domain.endswith(".istio.io")


def kinds_of(annotation: str) -> tuple[str, ...]:
    """The kinds that it is read on; none of one that Istio does not know."""
    return tuple(_table()["annotations"].get(annotation, ()))


def is_deprecated(annotation: str) -> bool:
    """Whether Istio may stop to read it."""
    return annotation in _table()["deprecated"]


def is_label(name: str) -> bool:
    """Whether Istio reads a label of that name."""
    return name in _table()["labels"]


def meant(annotation: str) -> str | None:
    """The annotation that an unknown one looks like: of its own domain, else one that is called so in another."""
    domain, _, own = annotation.partition("/")
    parts = [each.partition("/") for each in _table()["annotations"] if each not in _WRITTEN_BY_ISTIO]
    here = [name for home, _, name in parts if home == domain]
    longer = (name for name in here if name.startswith(own) or own.startswith(name))
    if near := nearest(own, here) or next(longer, None):
        return f"{domain}/{near}"
    near = nearest(own, [name for _, _, name in parts])
    return next((f"{home}/{name}" for home, _, name in parts if name == near), None)


def _is_port(text: str) -> bool:
    return text.strip().isdigit() and int(text) <= _LAST_PORT


def _ports(text: str) -> bool:
    return not text.strip() or all(_is_port(each) for each in text.split(","))


def _networks(text: str) -> bool:
    return not text or all(_is_network(each) for each in text.split(","))


def _is_network(text: str) -> bool:
    try:
        return "/" in text and bool(ip_network(text, strict=False))
    except ValueError:
        return False


def _count(text: str) -> bool:
    return text.isdigit() and int(text) <= _LARGEST


def _interfaces(text: str) -> bool:
    return all(_INTERFACE.fullmatch(each.strip()) for each in text.split(","))


def _amount(text: str) -> bool:
    return _QUANTITY.fullmatch(text) is not None


def _or_all(check: Check) -> Check:
    return lambda text: text == "*" or check(text)


_PORTS = (_ports, "ports such as 8080,9090")
_NETWORKS = (_networks, "networks such as 10.0.0.0/16,10.1.0.0/16")
_COUNT = (_count, "a whole number")
_AMOUNT = (_amount, "a quantity such as 100m or 128Mi")
_INTERFACES = (_interfaces, "names of interfaces")


# pkg/kube/inject/validate.go in istio/istio: injection rejects a pod with another value.
_CHECKS: dict[str, tuple[Check, str]] = {
    "sidecar.istio.io/interceptionMode": (lambda text: text in ("REDIRECT", "TPROXY", "NONE"), "REDIRECT or TPROXY"),
    "status.sidecar.istio.io/port": (_is_port, "a port such as 15020"),
    "readiness.status.sidecar.istio.io/initialDelaySeconds": _COUNT,
    "readiness.status.sidecar.istio.io/periodSeconds": _COUNT,
    "readiness.status.sidecar.istio.io/failureThreshold": _COUNT,
    "traffic.sidecar.istio.io/includeOutboundIPRanges": (_or_all(_networks), f"* or {_NETWORKS[1]}"),
    "traffic.sidecar.istio.io/excludeOutboundIPRanges": _NETWORKS,
    "traffic.sidecar.istio.io/includeInboundPorts": (_or_all(_ports), f"* or {_PORTS[1]}"),
    "traffic.sidecar.istio.io/excludeInboundPorts": _PORTS,
    "traffic.sidecar.istio.io/excludeOutboundPorts": _PORTS,
    "traffic.sidecar.istio.io/excludeInterfaces": _INTERFACES,
    "istio.io/reroute-virtual-interfaces": _INTERFACES,
    "prometheus.istio.io/merge-metrics": (lambda text: text in _BOOLEANS, "true or false"),
    "sidecar.istio.io/proxyCPU": _AMOUNT,
    "sidecar.istio.io/proxyCPULimit": _AMOUNT,
    "sidecar.istio.io/proxyMemory": _AMOUNT,
    "sidecar.istio.io/proxyMemoryLimit": _AMOUNT,
}


def _volumes(text: str) -> bool:
    try:
        return isinstance(json.loads(text), (dict, list))
    except ValueError:
        return False


def _buckets(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    if not isinstance(found, dict):
        return False
    listed = cast("dict[str, Any]", found).values()
    return all(isinstance(each, list) and all(_is_number(one) for one in cast("list[Any]", each)) for each in listed)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _scopes(text: str) -> bool:
    """Of istio's own logs: a level, or scopes with levels."""
    return all(each.rpartition(":")[2].strip() in _AGENT_LEVELS for each in text.split(",") if each)


def _components(text: str) -> bool:
    return all(each.partition(":")[2].strip() in _LEVELS for each in text.split(","))


# What injection passes on as it stands: the proxy, its agent or Kubernetes reject another value.
_PASSED: dict[str, tuple[Check, str]] = {
    "sidecar.istio.io/logLevel": (lambda text: text in _LEVELS, f"one of {', '.join(_LEVELS)}"),
    "sidecar.istio.io/componentLogLevel": (_components, "components with levels, such as rbac:debug,jwt:info"),
    "sidecar.istio.io/agentLogLevel": (_scopes, "scopes with levels, such as default:info"),
    "sidecar.istio.io/statsHistogramBuckets": (
        _buckets,
        'lists of numbers in JSON, such as {"istiocustom": [1, 5, 10]}',
    ),
    "sidecar.istio.io/statsFlushInterval": (lambda text: nanoseconds(text) is not None, "a duration such as 5s"),
    "sidecar.istio.io/statsHistogramBins": _COUNT,
    "sidecar.istio.io/statsCompression": (lambda text: text in _COMPRESSIONS, f"one of {', '.join(_COMPRESSIONS)}"),
    "sidecar.istio.io/userVolume": (_volumes, "volumes in JSON"),
    "sidecar.istio.io/userVolumeMount": (_volumes, "mounts in JSON"),
    "sidecar.istio.io/rewriteAppHTTPProbers": (lambda text: text in _BOOLEANS, "true or false"),
    "sidecar.istio.io/inject": (lambda text: text in ("true", "false", ""), "true or false"),
    "sidecar.istio.io/nativeSidecar": (lambda text: text in _BOOLEANS, "true or false"),
}


def wanted(annotation: str, value: str) -> str:
    """What a value should be that injection rejects; empty for one that it takes."""
    return _should(_CHECKS, annotation, value)


def passed(annotation: str, value: str) -> str:
    """What a value should be that injection takes and nobody else; empty for a good one."""
    return _should(_PASSED, annotation, value)


def _should(checks: dict[str, tuple[Check, str]], annotation: str, value: str) -> str:
    check = checks.get(annotation)
    return check[1] if check and not check[0](value) else ""
