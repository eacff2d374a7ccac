"""What serves the whole mesh? Istio itself, the addons, and the rules between control plane and nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.evaluation.snapshot import SECURITY_GROUP, UNKNOWN, Resource
from fairlead.picture.model.balancers import fronts, ports_of, source_of
from fairlead.picture.model.model import Tile
from fairlead.picture.model.sources import Sources, values_of
from fairlead_mesh.addons.addons import DEPLOYMENTS, PRODUCTS
from fairlead_mesh.addons.product import usual_reading
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.gateway_chart import GATEWAY_CHART

_ISTIO = {"base": "Istio's CRDs", "istiod": "istiod"}
_NOT_REACHED_BY_MESH = SECURITY_GROUP


def tiles(sources: Sources, *, rules_looked_up: bool) -> tuple[Tile, ...]:
    """Istio first, then the addons, then security rules; `rules_looked_up` as for the tree of a preview."""
    releases = [each for each in sources.releases if each.chart != GATEWAY_CHART]
    order = sorted(releases, key=lambda each: (_rank(each.chart), each.name))
    return (*(_release(each, sources) for each in order), *_deployments(sources), *_rules(sources, rules_looked_up))


def _rank(chart: str) -> int:
    return list(_ISTIO).index(chart) if chart in _ISTIO else len(_ISTIO)


def _release(release: Resource, sources: Sources) -> Tile:
    chart, values = release.chart, values_of(release)
    name = str(release.inputs.get("name") or release.name)
    title = _ISTIO.get(chart) or (PRODUCTS[chart].title if chart in PRODUCTS else name)
    own = () if name in (chart, title.lower(), "istio-base") else (f"release {name}",)
    version = str(release.inputs.get("version") or "")
    objects = (*sources.number(release), *sources.numbers(sources.of_addons.get(release.parent, [])))
    return Tile(title, version, (*own, *_facts(chart, values)), objects)


def _facts(chart: str, values: dict[str, Any]) -> Iterator[str]:
    if chart == "istiod":
        if values.get("revision"):
            yield f"revision {values['revision']}"
        if values.get("autoscaleMax"):
            yield f"{values.get('autoscaleMin', 1)} to {values['autoscaleMax']} pods"
        for provider in as_maps(as_map(values.get("meshConfig")).get("extensionProviders")):
            yield from _provider(provider)
    read = PRODUCTS[chart].read(values) if chart in PRODUCTS else usual_reading(values)
    if read.metrics_from and "prometheus.istio-system" not in read.metrics_from:
        yield f"reads {read.metrics_from}"
    if read.opened_by:
        yield f"open by {read.opened_by}"


def _provider(provider: Mapping[str, Any]) -> Iterator[str]:
    for settings in provider.values():
        where = as_map(settings)
        if where.get("service"):
            host = str(where["service"]).removesuffix(f".{CLUSTER_DOMAIN}")
            yield f"{provider.get('name', 'provider')}: {host}:{where.get('port', '')}"


def _deployments(sources: Sources) -> Iterator[Tile]:
    """Addons that come without a chart."""
    for items in sources.of_addons.values():
        for item in items:
            if item.kind == "Deployment" and (product := DEPLOYMENTS.get(item.name)):
                images = (str(each.get("image", "")) for _, each in item.maps("spec", "template", "spec", "containers"))
                tag = next((image.rpartition(":")[2] for image in images if ":" in image), "")
                facts = (f"{product.keeps}, in memory",) if product.keeps else ()
                yield Tile(product.title, tag, facts, sources.numbers(_behind(items)))


def _behind(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.kind, item.name))


def _rules(sources: Sources, looked_up: bool) -> Iterator[Tile]:
    """What the control plane may reach on the nodes."""
    before_gateways = fronts(sources)
    rules = [each for each in sources.rules if each.urn not in before_gateways and each.type != _NOT_REACHED_BY_MESH]
    if not rules:
        return
    facts = [_rule_in_words(each) for each in rules]
    if looked_up:
        facts.append("created unless already open")
    yield Tile("EKS control plane to nodes", "", tuple(dict.fromkeys(facts)), sources.number(*rules))


def _rule_in_words(rule: Resource) -> str:
    source = source_of(rule)
    named = "" if source == UNKNOWN else f" from {source}"
    return f"{ports_of(rule)}{named}: {rule.inputs.get('description') or rule.name}"
