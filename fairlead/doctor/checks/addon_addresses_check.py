"""Do the addons that the stack file only names answer? Their Services on the cluster, or their addresses from here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from fairlead.cluster.answers import Ref
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning
from fairlead.doctor.web import answer_of
from fairlead_mesh.addons.service_host import service_at
from fairlead_mesh.model.objects.yaml_values import as_maps

ORDER = 52
QUICK = False
_ERRORS = 500


def check(examined: Examined) -> Iterator[Seen]:
    """A Service of the cluster has to have ready pods; another address has to answer with less than 500."""
    named = [(each, each.url) for each in examined.config.addons.named if each.url]
    if not named:
        raise Skip("the stack file names no addon that exists already")
    for addon, url in named:
        host = urlsplit(url).hostname or ""
        what = f"{type(addon).__name__.lower()} at {url}"
        found = service_at(host, addon.namespace)
        if found:
            yield _service(examined, what, *found)
            continue
        status, why = answer_of(url)
        if status and status < _ERRORS:
            yield ok(f"{what} answers")
        else:
            yield warning(
                f"{what} {why or f'answers with {status}'}", "see that it runs; it may be reachable from pods alone"
            )


def _service(examined: Examined, what: str, namespace: str, name: str) -> Seen:
    if examined.cluster.read(Ref("v1", "Service", namespace, name)) is None:
        return failed(f"{what}: there is no Service {namespace}/{name}", "install it, or correct its url")
    slices = examined.live("discovery.k8s.io/v1", "EndpointSlice", namespace, f"kubernetes.io/service-name={name}")
    ends = [end for each in slices.values() for end in as_maps(each.get("endpoints"))]
    ready = sum(end.get("conditions", {}).get("ready") is not False for end in ends)
    if not ready:
        return warning(f"{what}: the Service {namespace}/{name} has no ready pod", "see why its pods are not ready")
    return ok(f"{what} has {ready} ready pods")
