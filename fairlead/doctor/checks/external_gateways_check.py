"""Are the gateways there that the stack routes through and does not bring, and do they serve its hosts?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cluster.answers import Ref
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok
from fairlead_mesh.config import Config
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.served_hosts import served, takes

ORDER = 32
QUICK = True
_GATEWAY = "networking.istio.io/v1"


def check(examined: Examined) -> Iterator[Seen]:
    """Each Istio Gateway, the Service that its address is read from, and the hosts of the apps on it."""
    external = [each for each in examined.config.gateways if each.external]
    if not external:
        raise Skip("every gateway of the stack is its own")
    if not examined.cluster.knows({"apiVersion": _GATEWAY, "kind": "Gateway"}):
        raise Skip("Istio is not installed yet")
    wrong = [seen for gateway in external for seen in _wrong(gateway, examined)]
    yield from wrong
    if not wrong:
        names = ", ".join(each.name for each in external)
        yield ok(f"all {len(external)} exist and serve the hosts of the apps: {names}")


def _wrong(gateway: Gateway, examined: Examined) -> Iterator[Seen]:
    refs = {
        "Gateway": Ref(_GATEWAY, "Gateway", gateway.home, gateway.name),
        "Service": Ref("v1", "Service", gateway.pods_home, gateway.service),
    }
    live = examined.cluster.read_all(refs.values())
    name = f"{gateway.home}/{gateway.name}"
    found = live.get(refs["Gateway"])
    if found is None:
        yield failed(f"there is no Istio Gateway {name}", "create it, fix name and namespace, or remove external: true")
    else:
        for app, host in _unserved(gateway, examined.config, Item(found)):
            text = f"the Gateway {name} does not serve {host}, so app {app} cannot be reached through it"
            yield failed(text, "add the host to that Gateway, or use one that it serves")
    if gateway.exposure != "clusterIP" and refs["Service"] not in live:
        text = f"there is no Service {gateway.pods_home}/{gateway.service}, from which the address of {name} is read"
        yield failed(text, "fix name and namespace, or pods; or write expose: clusterIP, so that no address is read")


def _unserved(gateway: Gateway, config: Config, live: Item) -> Iterator[tuple[str, str]]:
    for app in config.apps:
        if gateway.name in app.gateways:
            hosts = served(live, app.namespace)
            yield from ((app.name, host) for host in app.hosts if not takes(hosts, host, app.namespace))
