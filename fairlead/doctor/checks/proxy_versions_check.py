"""Are proxies older than their istiod? After an upgrade a pod keeps its sidecar until it is restarted.

Istio supports a data plane of up to two minor versions behind (istio.io, releases/supported-releases).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from fairlead.cluster.live_cluster import WITH_SIDECAR
from fairlead.doctor.checks.webhook_check import PROXY, containers
from fairlead.doctor.examined import Examined, metadata
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning

ORDER = 51
QUICK = False
_VERSION = re.compile(r":v?1\.(\d+)\.(\d+)")
_MOST_BEHIND = 2
_SHOWN = 5


def check(examined: Examined) -> Iterator[Seen]:
    """By the tags of the images of pods that have a proxy; `istio.version` is what istiod will be."""
    pods = examined.live("v1", "Pod", selector=WITH_SIDECAR)
    if not pods:
        raise Skip("no pod has a proxy yet")
    wanted = tuple(int(each) for each in re.findall(r"\d+", examined.config.istio.version)[1:3])
    behind: Counter[tuple[str, str]] = Counter()
    too_old = False
    for pod in pods.values():
        found = _VERSION.search(containers(pod).get(PROXY, ""))
        version = (int(found.group(1)), int(found.group(2))) if found else wanted
        if version < wanted:
            behind[str(metadata(pod)["namespace"]), f"1.{version[0]}.{version[1]}"] += 1
            too_old |= wanted[0] - version[0] > _MOST_BEHIND
    if not behind:
        yield ok(f"all {len(pods)} proxies are as new as Istio {examined.config.istio.version}")
        return
    shown = [f"{number} of {version} in {namespace}" for (namespace, version), number in sorted(behind.items())]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    text = f"proxies are older than Istio {examined.config.istio.version}: {', '.join(shown[:_SHOWN])}{more}"
    remedy = "restart their workloads: kubectl rollout restart deployment -n NAMESPACE"
    yield (
        failed(f"{text}; more than two minor versions are not supported", remedy) if too_old else warning(text, remedy)
    )
