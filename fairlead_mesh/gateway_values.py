"""How does a gateway's section become chart values and an Istio Gateway object?

Rollouts: a pod that leaves sleeps in its preStop and answers as before until the load balancer sends it nothing any
more; then Envoy is told to stop, closes what is idle, and leaves with its last connection (Istio: pkg/envoy/agent.go,
pilot-agent's EXIT_ON_ZERO_ACTIVE_CONNECTIONS). The sleep is the kubelet's own, from Kubernetes 1.30, so that an image
without a shell has it too; the injector keeps a container's `lifecycle` (Istio: pkg/kube/inject/webhook.go).
"""

from __future__ import annotations

from typing import Any

from fairlead_mesh.aws.load_balancer_values import (
    aws_annotations,
    front_group_annotations,
    load_balancer_class,
    source_ranges,
)
from fairlead_mesh.gateways import Gateway, GatewayPort
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.keys.section import Manifest, Values, given, merged
from fairlead_mesh.load_balancing import Balancing
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.ports import STATUS_PORT
from fairlead_mesh.rollout.gateway_rollout import rollout_values
from fairlead_mesh.timeouts import Timeouts
from fairlead_mesh.versions import GATEWAY_CHART

_SERVICE_TYPES = {
    "internet-facing": "LoadBalancer",
    "internal": "LoadBalancer",
    "nodePort": "NodePort",
    "clusterIP": "ClusterIP",
}
_STATUS = {"name": "status-port", "port": STATUS_PORT, "protocol": "TCP", "targetPort": STATUS_PORT}
_STATS = "sidecar.istio.io/statsInclusionRegexps"
_ENDS = r"listener\..*ssl\.certificate\.kubernetes.*\.expiration_unix_time_seconds"
_SLOW_ROLLOUT = 900
TO_CLOSE = 30
"""Seconds that Envoy has for its last connections after the sleep: Kubernetes' own grace period."""


def service_values(
    gateway: Gateway, istio: Istio, balancing: Balancing | None, *, front_group: Any | None, undecided: Any
) -> Values:
    """The chart's `service`: type, ports, annotations and, where the Service says them, class and source ranges."""
    ports = [
        {"name": port.label, "port": port.port, "protocol": "TCP", "targetPort": port.port} for port in gateway.ports
    ]
    annotations: dict[str, Any] = {}
    own = given(loadBalancerSourceRanges=source_ranges(gateway, balancing, undecided=undecided))
    if balancing is None or not gateway.has_load_balancer:
        # AWS asks the pods themselves whether they are healthy: a listener for it would only be one more way in.
        ports = [_STATUS, *ports]
    else:
        annotations = aws_annotations(gateway, balancing, undecided=undecided)
        if istio.minor >= GATEWAY_CHART["loadBalancerClass"]:
            own |= given(loadBalancerClass=load_balancer_class(balancing, undecided=undecided))
    if front_group is not None and balancing:
        annotations |= front_group_annotations(front_group, balancing, undecided=undecided)
    annotations |= gateway.load_balancer.annotations
    return (
        given(type=_SERVICE_TYPES[gateway.exposure], ports=ports, annotations=dict(sorted(annotations.items()))) | own
    )


def drain_values(gateway: Gateway, istio: Istio, *, on_eks: bool) -> Values:
    """How pods leave, for as long as `drain` says; the deregistration delay of the load balancer is the same."""
    drain = seconds(gateway.drain(on_eks=on_eks))
    if not drain:
        return {}
    everywhere = as_map(as_map(istio.values.istiod.get("global")).get("proxy"))
    # One is laid over the other, and a hook of two kinds is refused.
    free = any(as_map(each.get("lifecycle")).get("preStop") for each in (gateway.values, everywhere))
    sleeps = istio.minor >= GATEWAY_CHART["lifecycle"] and not free
    return given(
        lifecycle={"preStop": {"sleep": {"seconds": drain}}} if sleeps else None,
        terminationGracePeriodSeconds=drain + TO_CLOSE,
        env={"EXIT_ON_ZERO_ACTIVE_CONNECTIONS": "true"},
    )


def certificate_annotations(gateway: Gateway, istio: Istio) -> dict[str, str]:
    """Has Envoy say when the certificates of its listeners end, where it has some: by default Istio leaves that out.

    The annotation is read instead of what the mesh config says of the same, not beside it (getStatsOptions in
    pkg/bootstrap/config.go of istio/istio).
    """
    if not any(port.protocol == "HTTPS" for port in gateway.ports):
        return {}
    mesh_config = merged(istio.mesh_config, as_map(istio.values.istiod.get("meshConfig")))
    everywhere = as_map(as_map(mesh_config.get("defaultConfig")).get("proxyStatsMatcher"))
    return {_STATS: ",".join([*map(str, as_list(everywhere.get("inclusionRegexps"))), _ENDS])}


def gateway_values(
    gateway: Gateway,
    istio: Istio,
    balancing: Balancing | None,
    *,
    front_group: Any | None = None,
    undecided: Any = None,
) -> Values:
    """Values of the chart `gateway`; `front_group` is the id of the security group before the load balancer, if any,
    and `undecided` stands for what hangs on a maker of load balancers that is not known yet."""
    own = given(
        labels=gateway.pod_labels,
        podAnnotations=certificate_annotations(gateway, istio),
        service=service_values(gateway, istio, balancing, front_group=front_group, undecided=undecided),
        resources=gateway.resources,
        **rollout_values(gateway),
        **drain_values(gateway, istio, on_eks=balancing is not None),
    )
    return _without_class(merged(own, gateway.values))


def rollout_timeout(gateway: Gateway, balancing: Balancing | None, timeouts: Timeouts) -> int | None:
    """Seconds that a rollout may take, unless the stack file says it; None for Helm's own 5 minutes.

    Behind a load balancer of AWS each new pod waits until an NLB has registered it and finds it healthy, three to four
    minutes (kubernetes-sigs/aws-load-balancer-controller#1834), and a Deployment takes up to three such steps.
    """
    usual = _SLOW_ROLLOUT if balancing and gateway.has_load_balancer else timeouts.release_seconds
    return timeouts.gateway_seconds or usual


def _without_class(values: Values) -> Values:
    """A Service that was made without a class can stay so: `values: {service: {loadBalancerClass: null}}`."""
    service = as_map(values.get("service"))
    if "loadBalancerClass" in service and service["loadBalancerClass"] is None:
        values["service"] = {key: value for key, value in service.items() if key != "loadBalancerClass"}
    return values


def _tls(port: GatewayPort) -> dict[str, Any]:
    own = given(mode=port.tls.mode, credentialName=port.tls.credential_name) if port.tls else {}
    return own | ({"httpsRedirect": True} if port.https_redirect else {})


def gateway_object(gateway: Gateway) -> Manifest | None:
    """The Istio Gateway that apps bind to; none where no port serves a host."""
    servers = [
        given(
            port={"number": port.port, "name": port.label, "protocol": port.protocol},
            hosts=gateway.hosts(port),
            tls=_tls(port),
        )
        for port in gateway.ports
        if gateway.hosts(port)
    ]
    if not servers:
        return None
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": gateway.name, "namespace": gateway.home},
        "spec": {"selector": gateway.pod_labels, "servers": servers},
    }
