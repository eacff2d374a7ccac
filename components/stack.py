"""What does a stack consist of? Every component down the page, from its config to its outputs."""

from __future__ import annotations

from typing import Any

from .addon import Addon
from .app_routing import AppRouting
from .cluster import Cluster
from .control_plane import ControlPlane
from .exposed_page import ExposedPage
from .gateway import Gateway
from .mesh_namespace import mesh_namespaces
from .plain_objects import PlainObjects
from .policies import Policies
from .rate_limit_service import RateLimitService
from .sample_app import SampleApp
from .security.security_rules import SecurityRules
from .site import Site
from .stack_config import StackConfig
from .stack_outputs import stack_outputs


def build_stack(stack: StackConfig) -> dict[str, Any]:
    """Registers the whole stack; its outputs, by name."""
    config, around = stack.config, stack.config.around_addons(stack.secrets)

    cluster = Cluster(config.cluster, region=stack.region, protect=config.lifecycle.protect)
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

    groups, known = rules.front_groups, config.gateways
    gateways = {
        each.name: Gateway(each, site=site, istio=config.istio, front_groups=groups, after=istiod, beside=known)
        for each in known
    }
    for page in config.exposed_pages:
        ExposedPage(page, site=site, after=istiod)
    for sample in config.samples:
        SampleApp(sample, site=site, after=istiod)
    for app in config.routed_apps:
        AppRouting(app, site=site, gateways=gateways, after=istiod)
    counting = RateLimitService(stack.limits, site=site, after=istiod).ready if stack.limits else []
    if stack.policies:
        Policies(stack.policies, site=site, after=[*istiod, *counting])
    if stack.objects:
        PlainObjects(stack.objects, site=site, after=[*istiod, *site.namespaces.values()])

    return stack_outputs(config, {name: gateway.reached for name, gateway in gateways.items()})
