"""Do the addresses that the stack file names answer? Services by a forwarded port, others from this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from fairlead.cluster.answers import Ref
from fairlead.doctor.addresses import Address, addresses
from fairlead.doctor.asking import Answer, asked_by_forward, asked_from_here
from fairlead.doctor.credentials import Login, login
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, Verdict, failed, ok, warning
from fairlead.verify.live.live_pods import LivePods
from fairlead_mesh.addons.service_host import service_at
from fairlead_mesh.model.objects.yaml_values import as_maps

ORDER = 52
QUICK = False
_OK, _ERRORS, _LOGIN = 200, 500, (401, 403)
_SEE = "see that it runs; it may be reachable from pods alone"


def check(examined: Examined) -> Iterator[Seen]:
    """A Service has to have ready pods, one of which is asked; what is outside has to answer with less than 500, and
    the keys of an issuer with 200. Where credentials are set, they have to be accepted."""
    named = addresses(examined.config)
    if not named:
        raise Skip("the stack file names no address")
    pods, skipped = LivePods(examined.cluster) if examined.connect else None, 0
    for address in named:
        service = None if address.of_browsers else service_at(urlsplit(address.url).hostname or "", address.namespace)
        if service and pods is None:
            skipped += 1
            continue
        yield _seen(examined, address, (pods, *service) if service and pods else None)
    if skipped:
        yield Seen(Verdict.SKIPPED, f"{skipped} in the cluster, which is asked with --live")


def _seen(examined: Examined, address: Address, service: tuple[LivePods, str, str] | None) -> Seen:
    login_ = login(examined, address)
    if login_.problem:
        return failed(f"{address}: {login_.problem}", "create it, or fix its name: Grafana and Kiali read it there")
    if service:
        pods, namespace, name = service
        if found := examined.cluster.read(Ref("v1", "Service", namespace, name)):
            return _of_service(examined, address, pods, found, login_)
        # A name of two labels may be a Service, or a host outside.
        if urlsplit(address.url).scheme == "http":
            return failed(f"{address}: there is no Service {namespace}/{name}", "install it, or fix the address")
    return _judged(address, asked_from_here(address.asked, login_), login_)


def _of_service(examined: Examined, address: Address, pods: LivePods, service: dict[str, Any], login_: Login) -> Seen:
    namespace, name = (str(service["metadata"][key]) for key in ("namespace", "name"))
    slices = examined.live("discovery.k8s.io/v1", "EndpointSlice", namespace, f"kubernetes.io/service-name={name}")
    ends = [end for each in slices.values() for end in as_maps(each.get("endpoints"))]
    ready = sum(end.get("conditions", {}).get("ready") is not False for end in ends)
    if not ready:
        text = f"{address}: the Service {namespace}/{name} has no ready pod"
        return warning(text, "see why its pods are not ready")
    answer = asked_by_forward(pods, service, address.asked, login_)
    if not answer.was_asked:
        return ok(f"{address} has {ready} ready pods; not asked, as {answer.why}")
    return _judged(address, answer, login_)


def _judged(address: Address, answer: Answer, login_: Login) -> Seen:
    status, said = answer.status, answer.why or f"answers with {answer.status}"
    if not status and not answer.speaks:
        return warning(f"{address}: {said}", _SEE)
    if status in _LOGIN and address.addon and not login_.signs:
        if login_.secret:
            return failed(f"{address} rejects the credentials of the Secret {login_.secret} ({status})", "renew them")
        return warning(f"{address} asks to log in ({status})", "write credentials beside url")
    if status >= _ERRORS or (address.must_be_found and status != _OK):
        return warning(f"{address} answers with {status}", _SEE)
    how = f"with the Secret {login_.secret}" if login_.secret else "unsigned, as AWS expects" if login_.signs else ""
    return ok(" ".join(part for part in (f"{address} answers", how) if part))
