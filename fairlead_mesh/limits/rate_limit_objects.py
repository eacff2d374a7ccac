"""What does the rate limit service consist of? Two Deployments with sidecars, and who may call them.

Sources: samples/ratelimit in istio/istio; README and src/settings/settings.go of envoyproxy/ratelimit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from fairlead_mesh.access.identities import Identities, Pods, identities
from fairlead_mesh.config import Config
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.limits.limit_descriptors import global_limits, service_file
from fairlead_mesh.limits.rate_limit_service import GRPC_PORT, NAME, RateLimitService, Redis
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.versions import RATE_LIMIT_IMAGE, REDIS_IMAGE
from fairlead_mesh.workload import container, deployment, security_context, service

_REDIS = f"{NAME}-redis"
_REDIS_PORT, _METRICS_PORT = 6379, 15020
_LABELS, _REDIS_LABELS = {"app": NAME}, {"app": _REDIS}
_FILE = "config.yaml"
_WHERE = "kubernetes.io/metadata.name"


def rate_limit_objects(config: Config, objects: Iterable[Item] = ()) -> list[Manifest]:
    """Who may call, then what they call; of a service that exists its limits alone. `objects` are those of the stack's
    own files."""
    said = config.counting
    if not said:
        return []
    known = identities(config, objects)
    text = service_file(config, said.domain)
    limits = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": NAME, "namespace": said.home, "labels": _LABELS},
        "data": {_FILE: text},
    }
    if not said.installed:
        return [limits]
    asking = [*_asking(config, known)]
    own = [] if said.redis else [*_redis(said.namespace, known)]
    return [
        _network_policy(NAME, said.namespace, [_from(space) for space in sorted({e.namespace for e in asking})]),
        _authorization_policy(NAME, said.namespace, asking, GRPC_PORT, known),
        limits,
        *own,
        _account(NAME, said.namespace),
        service(NAME, said.namespace, selector=_LABELS, ports={"grpc": (GRPC_PORT, GRPC_PORT)}),
        _deployment(said, text),
    ]


def _asking(config: Config, known: Identities) -> Iterator[Pods]:
    """Those that have global limits, whose proxies ask."""
    for app in config.apps:
        if global_limits(app.rate_limits):
            yield known.apps[app.name]
    for gateway in config.gateways:
        if global_limits(gateway.rate_limits):
            yield known.gateways[gateway.name]


def _deployment(said: RateLimitService, text: str) -> Manifest:
    redis = said.redis
    env = {
        "LOG_LEVEL": "warn",
        "LOG_FORMAT": "json",
        "USE_STATSD": "false",
        "REDIS_SOCKET_TYPE": "tcp",
        "REDIS_URL": redis.address if redis else f"{_REDIS}:{_REDIS_PORT}",
        **({"REDIS_TLS": "true"} if redis and redis.tls else {}),
        # The file is in /data/ratelimit/config, as in Istio's sample.
        "RUNTIME_ROOT": "/data",
        "RUNTIME_SUBDIRECTORY": "ratelimit",
        "RUNTIME_WATCH_ROOT": "false",
        "RUNTIME_IGNOREDOTFILES": "true",
        "HOST": "::",
        "GRPC_HOST": "::",
        "DEBUG_HOST": "127.0.0.1",
    }
    counting = container(
        NAME,
        RATE_LIMIT_IMAGE,
        ports={"http": 8080, "grpc": GRPC_PORT},
        health="/healthcheck",
        command=["/bin/ratelimit"],
        env=[*({"name": name, "value": value} for name, value in env.items()), *_password(redis)],
        securityContext=security_context(runAsUser=65532, readOnlyRootFilesystem=True),
        volumeMounts=[{"name": "limits", "mountPath": "/data/ratelimit/config", "readOnly": True}],
    )
    made = deployment(
        NAME,
        said.namespace,
        labels=_LABELS,
        # Other limits are other pods: none asks for a limit that its service does not know yet for longer than a
        # rollout, and a file that it cannot read ends the rollout instead of the service.
        pod_annotations={"fairlead/limits": hashlib.sha256(text.encode()).hexdigest()[:16], **_around(redis)},
        service_account=NAME,
        containers=[counting],
        volumes=[{"name": "limits", "configMap": {"name": NAME}}],
    )
    return {**made, "spec": {**made["spec"], "replicas": said.replicas}}


def _password(redis: Redis | None) -> list[dict[str, Any]]:
    if not redis or not redis.credential_name:
        return []
    return [
        {
            "name": "REDIS_AUTH",
            "valueFrom": {"secretKeyRef": {"name": redis.credential_name, "key": "password"}},
        }
    ]


def _around(redis: Redis | None) -> dict[str, str]:
    """A Redis outside the mesh is reached past the proxy, which may know no such host; its own through it,
    which has to be up first: a service that finds no Redis ends."""
    if redis:
        return {"traffic.sidecar.istio.io/excludeOutboundPorts": redis.port}
    return {"proxy.istio.io/config": json.dumps({"holdApplicationUntilProxyStarts": True})}


def _redis(namespace: str, known: Identities) -> list[Manifest]:
    """Counts in memory: whatever is lost is at most the current second, minute, hour or day."""
    flags = ["--save", "", "--appendonly", "no", "--maxmemory", "48mb", "--maxmemory-policy", "volatile-ttl"]
    counts = container(
        "redis",
        REDIS_IMAGE,
        ports={"redis": _REDIS_PORT},
        health="",
        args=flags,
        readinessProbe={"exec": {"command": ["redis-cli", "ping"]}, "periodSeconds": 5},
        securityContext=security_context(runAsUser=999, readOnlyRootFilesystem=True),
        volumeMounts=[{"name": "data", "mountPath": "/data"}],
    )
    caller = Pods(namespace, _LABELS, (NAME,))
    return [
        _network_policy(_REDIS, namespace, [{"podSelector": {"matchLabels": _LABELS}}]),
        _authorization_policy(_REDIS, namespace, [caller], _REDIS_PORT, known),
        _account(_REDIS, namespace),
        service(_REDIS, namespace, selector=_REDIS_LABELS, ports={"tcp-redis": (_REDIS_PORT, _REDIS_PORT)}),
        deployment(
            _REDIS,
            namespace,
            labels=_REDIS_LABELS,
            service_account=_REDIS,
            containers=[counts],
            volumes=[{"name": "data", "emptyDir": {}}],
        ),
    ]


def _account(name: str, namespace: str) -> Manifest:
    metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _from(namespace: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {_WHERE: namespace}}}


def _network_policy(name: str, namespace: str, peers: list[dict[str, Any]]) -> Manifest:
    """Lets in who asks, and whoever scrapes the metrics of the proxy."""
    port = _REDIS_PORT if name == _REDIS else GRPC_PORT
    everywhere: list[dict[str, Any]] = [{"namespaceSelector": {}}]
    rules = [
        {"from": each, "ports": [{"protocol": "TCP", "port": number}]}
        for each, number in ((peers, port), (everywhere, _METRICS_PORT))
    ]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {"matchLabels": {"app": name}}, "policyTypes": ["Ingress"], "ingress": rules},
    }


def _authorization_policy(name: str, namespace: str, asking: list[Pods], port: int, known: Identities) -> Manifest:
    """The same by identity; where nobody knows the account of some pods, those of their namespace."""
    principals = {principal for pods in asking for principal in known.principals(pods)}
    spaces = {pods.namespace for pods in asking if not pods.accounts}
    sources = [given(principals=sorted(principals)), given(namespaces=sorted(spaces))]
    ports = [{"operation": {"ports": [str(port)]}}]
    rules = [{"from": [{"source": each} for each in sources if each], "to": ports}]
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": name}}, "action": "ALLOW", "rules": rules},
    }
