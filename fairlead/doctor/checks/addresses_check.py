"""Do the addresses that the stack file names answer? Services by a forwarded port, others from this machine."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from fairlead.cluster.answers import Ref
from fairlead.doctor.addresses import Address, addresses
from fairlead.doctor.asking import Answer, asked_by_forward, asked_from_here
from fairlead.doctor.credentials import Login, login
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, Verdict, failed, ok, warning
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
    skipped = 0
    for address in named:
        service = None if address.of_browsers else service_at(urlsplit(address.url).hostname or "", address.namespace)
        if service and examined.connect is None:
            skipped += 1
            continue
        yield _seen(examined, address, service)
    if skipped:
        yield Seen(Verdict.SKIPPED, f"{skipped} in the cluster, which is asked with --live")


def _seen(examined: Examined, address: Address, service: tuple[str, str] | None) -> Seen:
    login_ = login(examined, address)
    if login_.problem:
        return failed(f"{address}: {login_.problem}", "create it, or fix its name: Grafana and Kiali read it there")
    if service and (_exists(examined, *service) or urlsplit(address.url).scheme == "http"):
        return _of_service(examined, address, service, login_)
    return _judged(address, asked_from_here(address.asked, login_), login_)


def _exists(examined: Examined, namespace: str, name: str) -> bool:
    """A name of two labels may be a Service, or a host outside."""
    return examined.cluster.read(Ref("v1", "Service", namespace, name)) is not None


def _of_service(examined: Examined, address: Address, service: tuple[str, str], login_: Login) -> Seen:
    namespace, name = service
    if not _exists(examined, namespace, name):
        return failed(f"{address}: there is no Service {namespace}/{name}", "install it, or fix the address")
    slices = examined.live("discovery.k8s.io/v1", "EndpointSlice", namespace, f"kubernetes.io/service-name={name}")
    ends = [end for each in slices.values() for end in as_maps(each.get("endpoints"))]
    ready = sum(end.get("conditions", {}).get("ready") is not False for end in ends)
    if not ready:
        text = f"{address}: the Service {namespace}/{name} has no ready pod"
        return warning(text, "see why its pods are not ready")
    answer = asked_by_forward(examined.cluster, f"{namespace}/{name}", address.asked, login_)
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
