"""The whole stack on one screen: config, components down the page, outputs."""

import pulumi

from components.addon import Addon
from components.app_routing import AppRouting
from components.cluster import Cluster
from components.control_plane import ControlPlane
from components.gateway import Gateway
from components.mesh_namespace import mesh_namespaces
from components.plain_objects import PlainObjects
from components.policies import Policies
from components.rate_limit_service import RateLimitService
from components.sample_app import SampleApp
from components.security_rules import SecurityRules
from components.site import Site
from components.stack_config import stack_config
from components.stack_outputs import stack_outputs

stack = stack_config()
config, around = stack.config, stack.config.around_addons(stack.secrets)

cluster = Cluster(config.cluster, region=pulumi.Config("aws").get("region"), protect=config.lifecycle.protect)
rules = SecurityRules(config.opened, groups=config.security_groups, gateways=config.gateways, cluster=cluster)
namespaces = mesh_namespaces(config.all_namespaces, cluster=cluster, after=rules.rules)
site = Site(cluster, namespaces, config.wait, config.image_digests, config.timeouts)

providers = config.extension_providers
control_plane = ControlPlane(
    config.istio, site=site, namespaces=config.namespaces, addons=config.addons, providers=providers
)
crds, istiod = control_plane.crds, control_plane.ready

for addon in config.addons.named:
    Addon(addon, site=site, around=around, secrets=stack.secrets, after=crds)

gateways = {
    gateway.name: Gateway(gateway, site=site, istio=config.istio, front_groups=rules.front_groups, after=istiod)
    for gateway in config.gateways
}
for sample in config.samples:
    SampleApp(sample, site=site, after=istiod)
for app in config.routed_apps:
    AppRouting(app, site=site, gateways=gateways, after=istiod)
counting = RateLimitService(stack.limits, site=site, after=istiod).ready if stack.limits else []
if stack.policies:
    Policies(stack.policies, site=site, after=[*istiod, *counting])
if stack.objects:
    PlainObjects(stack.objects, site=site, after=[*istiod, *site.namespaces.values()])

reached = {name: gateway.reached for name, gateway in gateways.items()}
for name, value in stack_outputs(config, reached).items():
    pulumi.export(name, value)
