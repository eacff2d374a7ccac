"""What would the same mesh be as a plain Pulumi program? Every resource registered by hand, for the benchmark.

No model, no rules, no components of fairlead: the SDK's own classes, and dicts where they are needed.
"""

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs

VERSION = "1.31.1"
REPOSITORY = "https://blob.istio.io/istio-release/charts"
HUB = "docker.io/istio"
INGRESS = "istio-ingress"
MARK = f"{pulumi.get_project()}.{pulumi.get_stack()}"
DESCRIPTION = f"fairlead stack {MARK}"
LABELS = {"fairlead/stack": MARK}
POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "baseline" for mode in ("audit", "warn")}

config = pulumi.Config("fairlead")
apps = config.require_object("apps")
context = config.require_object("cluster")["kubeconfig"]["context"]


def component(kind: str, name: str) -> pulumi.ComponentResource:
    """One of the groups that resources stand under."""
    there = pulumi.ResourceOptions(providers=[provider])
    return pulumi.ComponentResource(f"fairlead:components:{kind}", name, {}, there)


cluster = pulumi.ComponentResource("fairlead:components:Cluster", "cluster", {})
provider = kubernetes.Provider(
    "kubernetes",
    context=context,
    cluster_identifier=f"kubeconfig/{context}",
    opts=pulumi.ResourceOptions(parent=cluster),
)
component("SecurityRules", "security-rules").register_outputs({})

namespaces = {}
for name in ("istio-ingress", "istio-system"):
    of_mesh = component("MeshNamespace", f"namespace-{name}")
    namespaces[name] = Namespace(
        name, metadata={"name": name, "labels": LABELS | POD_SECURITY}, opts=pulumi.ResourceOptions(parent=of_mesh)
    )
    of_mesh.register_outputs({})

control_plane = component("ControlPlane", "control-plane")
base = Release(
    "istio-base",
    name="istio-base",
    chart="base",
    version=VERSION,
    repository_opts=RepositoryOptsArgs(repo=REPOSITORY),
    namespace="istio-system",
    values={"defaultRevision": "default", "global": {"istioNamespace": "istio-system"}},
    description=DESCRIPTION,
    skip_await=False,
    opts=pulumi.ResourceOptions(parent=control_plane, depends_on=[namespaces["istio-system"]]),
)
istiod = Release(
    "istiod",
    name="istiod",
    chart="istiod",
    version=VERSION,
    repository_opts=RepositoryOptsArgs(repo=REPOSITORY),
    namespace="istio-system",
    values={"hub": HUB, "global": {"hub": HUB, "istioNamespace": "istio-system"}},
    description=DESCRIPTION,
    skip_await=False,
    opts=pulumi.ResourceOptions(parent=control_plane, depends_on=[base]),
)
control_plane.register_outputs({})

ingress = component("Gateway", INGRESS)
ports = [
    {"name": name, "port": port, "protocol": "TCP", "targetPort": port}
    for name, port in (("status-port", 15021), ("http-80", 80))
]
gateway = Release(
    INGRESS,
    name=INGRESS,
    chart="gateway",
    version=VERSION,
    repository_opts=RepositoryOptsArgs(repo=REPOSITORY),
    namespace=INGRESS,
    values={"labels": {"istio": "ingress"}, "service": {"type": "ClusterIP", "ports": ports}},
    description=DESCRIPTION,
    skip_await=False,
    opts=pulumi.ResourceOptions(parent=ingress, depends_on=[istiod, namespaces[INGRESS]]),
)
CustomResource(
    f"{INGRESS}-hosts",
    api_version="networking.istio.io/v1",
    kind="Gateway",
    metadata={"name": INGRESS, "namespace": INGRESS, "labels": LABELS},
    spec={
        "selector": {"istio": "ingress"},
        "servers": [{"port": {"number": 80, "name": "http-80", "protocol": "HTTP"}, "hosts": ["*"]}],
    },
    opts=pulumi.ResourceOptions(parent=ingress, depends_on=[istiod, gateway]),
)
ingress.register_outputs({"address": None})

for app in apps:
    name, port = app["name"], app["port"]
    routing = component("AppRouting", name)
    host = f"{name}.default.svc.cluster.local"
    versions = [version["name"] for version in app["versions"]]
    subsets = CustomResource(
        f"{name}-subsets",
        api_version="networking.istio.io/v1",
        kind="DestinationRule",
        metadata={"name": name, "namespace": "default", "labels": LABELS},
        spec={"host": host, "subsets": [{"name": version, "labels": {"version": version}} for version in versions]},
        opts=pulumi.ResourceOptions(parent=routing, depends_on=[istiod]),
    )
    destinations = [
        {"destination": {"host": host, "port": {"number": port}, "subset": version}, "weight": weight}
        for version, weight in app["routes"][0]["weights"].items()
    ]
    CustomResource(
        f"{name}-routes",
        api_version="networking.istio.io/v1",
        kind="VirtualService",
        metadata={"name": name, "namespace": "default", "labels": LABELS},
        spec={"hosts": app["hosts"], "gateways": [f"{INGRESS}/{INGRESS}"], "http": [{"route": destinations}]},
        opts=pulumi.ResourceOptions(parent=routing, depends_on=[subsets, istiod, gateway]),
    )
    routing.register_outputs({})

url = "http://localhost:8080"
pulumi.export(
    "gateways",
    {
        INGRESS: {
            "address": f"{INGRESS}.{INGRESS}.svc.cluster.local",
            "urls": [url],
            "command": f"kubectl -n {INGRESS} port-forward svc/{INGRESS} 8080:80",
        }
    },
)
pulumi.export("addons", {})
pulumi.export(
    "apps",
    {
        app["name"]: {
            "urls": [url],
            "hosts": app["hosts"],
            "split": [
                {
                    "requests": "all",
                    "to": ", ".join(f"{version} {weight} %" for version, weight in app["routes"][0]["weights"].items()),
                }
            ],
        }
        for app in apps
    },
)
