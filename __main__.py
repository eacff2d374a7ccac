"""The whole stack on one screen: config, components down the page, outputs."""

import pulumi

from components.app_routing import AppRouting
from components.cluster import Cluster
from components.control_plane import ControlPlane
from components.gateway import Gateway
from components.grafana import Grafana
from components.kiali import Kiali
from components.mesh_namespace import MeshNamespace
from components.plain_objects import PlainObjects
from components.prometheus import Prometheus
from components.sample_app import SampleApp
from components.security_rules import SecurityRules
from components.stack_config import stack_config
from components.stack_outputs import stack_outputs
from components.tracing import Tracing

stack = stack_config()
config, addons, wait = stack.config, stack.config.addons, stack.config.wait

cluster = Cluster(config.cluster, region=pulumi.Config("aws").get("region"))
there = pulumi.ResourceOptions(providers=cluster.providers)

rules = SecurityRules(
    config.security_rules, groups=config.security_groups, gateways=config.gateways, cluster=cluster, opts=there
)
namespaces = {item.name: MeshNamespace(item, after=rules.rules, opts=there).namespace for item in config.all_namespaces}
control_plane = ControlPlane(config.istio, tracing=addons.tracing, namespaces=namespaces, wait=wait, opts=there)

crds = [control_plane.base]
if addons.prometheus:
    Prometheus(addons.prometheus, namespaces=namespaces, after=crds, wait=wait, opts=there)
if addons.grafana:
    Grafana(
        addons.grafana,
        prometheus=addons.prometheus,
        admin_password=stack.secrets.get("grafanaAdminPassword"),
        namespaces=namespaces,
        after=crds,
        wait=wait,
        opts=there,
    )
if addons.kiali:
    Kiali(
        addons.kiali,
        addons=addons,
        istio=config.istio,
        signing_key=stack.secrets.get("kialiSigningKey"),
        namespaces=namespaces,
        after=crds,
        wait=wait,
        opts=there,
    )
if addons.tracing:
    Tracing(addons.tracing, namespaces=namespaces, after=crds, wait=wait, opts=there)

gateways = {
    item.name: Gateway(
        item,
        istio=config.istio,
        cluster=cluster,
        control_plane=control_plane,
        namespaces=namespaces,
        front_group=rules.front_groups.get(item.name),
        wait=wait,
        opts=there,
    )
    for item in config.gateways
}

for sample in config.samples:
    SampleApp(sample, namespaces=namespaces, after=[control_plane.istiod], wait=wait, opts=there)
for app in config.apps:
    AppRouting(app, gateways=gateways, namespaces=namespaces, after=[control_plane.istiod], opts=there)
if stack.objects:
    everything = [control_plane.istiod, *namespaces.values()]
    PlainObjects(stack.objects, after=everything, wait=wait, opts=there)

reached = {name: gateway.reached for name, gateway in gateways.items()}
for name, value in stack_outputs(config, reached).items():
    pulumi.export(name, value)
