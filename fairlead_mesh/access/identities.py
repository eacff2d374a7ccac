"""Who are the pods of an app, of a gateway? Their labels, by which policies select them, and their service accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fairlead_mesh.config import Config
from fairlead_mesh.external import external_objects
from fairlead_mesh.external_gateway import existing_chart
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.istio import istiod_values
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import service_selector
from fairlead_mesh.samples.samples import sample_objects

_TRUST_DOMAIN = "cluster.local"


@dataclass(frozen=True)
class Pods:
    """The pods of an app or a gateway: the labels that all of them have, and the accounts that they run as; empty where
    nobody knows them."""

    namespace: str
    labels: Mapping[str, str]
    accounts: tuple[str, ...]


@dataclass(frozen=True)
class Identities:
    """The pods of apps and of gateways, by name, the principals by which proxies know clients, and the header with the
    name of the user."""

    trust_domain: str
    user_header: str
    apps: Mapping[str, Pods]
    gateways: Mapping[str, Pods]

    def principal(self, namespace: str, account: str) -> str:
        return f"{self.trust_domain}/ns/{namespace}/sa/{account}"

    def principals(self, pods: Pods | None) -> list[str]:
        return [self.principal(pods.namespace, account) for account in pods.accounts] if pods else []


def identities(config: Config, objects: Iterable[Item] = ()) -> Identities:
    """As the stack's samples, addons and own `objects` declare them, and apps where they say it."""
    samples = [Item(each) for sample in config.samples for each in sample_objects(sample)]
    addons = [Item(each) for addon in config.addons.installed for each in [*addon.brought(), *addon.objects()]]
    declared = graph([*samples, *addons, *objects], closed=False)
    apps: dict[str, Pods] = {}
    for app in config.apps:
        known = declared
        if (app.namespace, app.service_name) not in declared.services:
            known = graph([Item(each) for each in external_objects(app)], closed=False)
        service = known.services.get((app.namespace, app.service_name))
        pods = known.pods_of(service) if service else []
        found = {pod.service_account for pod in pods} if known is declared else set[str]()
        accounts = [app.service_account] if app.service_account else sorted(found)
        labels = service_selector(service) if service else {}
        apps.setdefault(app.name, Pods(app.namespace, labels, tuple(accounts)))
    return Identities(_trust_domain(config), config.clients.user_header, apps, _gateways(config))


def _gateways(config: Config) -> dict[str, Pods]:
    found: dict[str, Pods] = {}
    for gateway in config.gateways:
        values = gateway_values(gateway, config.istio, config.cluster.balancing)
        account = existing_chart(gateway, values).service_account
        found.setdefault(gateway.name, Pods(gateway.pods_home, gateway.pod_labels, (account,)))
    return found


def _trust_domain(config: Config) -> str:
    said = as_map(istiod_values(config.istio, extension_providers=[]).get("meshConfig")).get("trustDomain")
    return str(said or _TRUST_DOMAIN)
