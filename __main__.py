"""The whole stack on one screen: config, components down the page, outputs."""

import pulumi

from components.app_routing import AppRouting
from components.cluster import Cluster
from components.control_plane import ControlPlane
from components.gateway import Gateway
from components.grafana import Grafana
from components.kiali import Kiali
from components.mesh_namespace import mesh_namespaces
from components.plain_objects import PlainObjects
from components.prometheus import Prometheus
from components.sample_app import SampleApp
from components.security_rules import SecurityRules
from components.site import Site
from components.stack_config import stack_config
from components.stack_outputs import stack_outputs
from components.tracing import Tracing

stack = stack_config()
config, addons = stack.config, stack.config.addons

cluster = Cluster(config.cluster, region=pulumi.Config("aws").get("region"))
rules = SecurityRules(config.security_rules, groups=config.security_groups, gateways=config.gateways, cluster=cluster)
site = Site(cluster, mesh_namespaces(config.all_namespaces, cluster=cluster, after=rules.rules), config.wait)

control_plane = ControlPlane(config.istio, site=site, namespaces=config.namespaces, tracing=addons.tracing)
crds, istiod = [control_plane.base], [control_plane.istiod]

if addons.prometheus:
    Prometheus(addons.prometheus, site=site, after=crds)
if addons.grafana:
    Grafana(addons.grafana, site=site, prometheus=addons.prometheus, secrets=stack.secrets, after=crds)
if addons.kiali:
    Kiali(addons.kiali, site=site, addons=addons, istio=config.istio, secrets=stack.secrets, after=crds)
if addons.tracing:
    Tracing(addons.tracing, site=site, after=crds)

gateways = {
    gateway.name: Gateway(gateway, site=site, istio=config.istio, front_groups=rules.front_groups, after=istiod)
    for gateway in config.gateways
}
for sample in config.samples:
    SampleApp(sample, site=site, after=istiod)
for app in config.apps:
    AppRouting(app, site=site, gateways=gateways, after=istiod)
if stack.objects:
    PlainObjects(stack.objects, site=site, after=[*istiod, *site.namespaces.values()])

reached = {name: gateway.reached for name, gateway in gateways.items()}
for name, value in stack_outputs(config, reached).items():
    pulumi.export(name, value)
