"""What is behind a route no longer there? Services, ports, subsets and pods that its requests are meant to reach.

A proxy answers 503 for a destination that is not there, or has no pods (Istio: ops/common-problems/network-issues).
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.effects.effect import Hurt
from fairlead.effects.requests.differing import Differing
from fairlead.effects.requests.said import Said
from fairlead.effects.words import Wording, listed
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.pods.workloads import labels_in_words
from fairlead_mesh.model.routes import Share
from fairlead_mesh.model.traffic.clusters import Cluster, Lack

_ADVICE = {
    Lack.HOST: "change the route first, and remove the Service in a later change",
    Lack.PORT: "use a port that the Service has, or keep the old one until the route is changed",
    Lack.SUBSET: "change the route first, and remove the subset in a later change",
    Lack.PODS: "keep the pods until the route is changed, or give other pods these labels",
}


def lacking(met: Differing, words: Wording) -> Iterator[Said]:
    """What requests of a class lack on the later side, and did not lack before."""
    known = {(to.name, to.lack) for _, to in met.old.destinations}
    for share, to in met.new.destinations:
        if to.lack and (to.name, to.lack) not in known:
            text = words.now(f"requests to {share.version} get 503")
            why = _why(share, to, met)
            hurt = Hurt.INTERRUPTS if met.is_worse else None
            yield Said(f"{text}: {why}", hurt, _ADVICE[to.lack], ends=True, stands=True)


def come(met: Differing, words: Wording) -> Iterator[Said]:
    """What requests of a class lacked on the earlier side, and find on the later one."""
    lacked = {to.name for _, to in met.old.destinations if to.lack}
    for share, to in met.new.destinations:
        if to.name in lacked and not to.lack:
            yield Said(words.now(f"requests to {share.version} are answered"), ends=True, gains=True)


def _why(share: Share, to: Cluster, met: Differing) -> str:
    host = to.name.partition(" ")[0]
    key = service_key(host, "") if host.endswith(".svc.cluster.local") else None
    title = f"Service {'/'.join(key)}" if key else host
    if to.lack is Lack.HOST:
        if host in met.new.entrance.mesh.hosts.by_name:
            return f"{title} is not visible to them"
        return f"{title if key else f'a ServiceEntry for {host}'} does not exist"
    if to.lack is Lack.PORT:
        ports = listed(str(port.number) for port in to.host.ports) if to.host else "none"
        return f"{title} has no port {share.port or met.of.request.port}; its ports: {ports}"
    if to.lack is Lack.SUBSET:
        return f"no DestinationRule defines subset {share.subset} of {key[1] if key else host}"
    return f"no pod has the labels {labels_in_words(to.labels)}" if to.labels else f"{title} has no endpoints"
