"""What answers at the ports that every proxy opens for itself? Its readiness, and metrics of the agent and of Envoy.

No server of a Gateway opens these (conflictWithReservedListener in pilot/pkg/model/context.go), and what comes there is
not redirected to the proxy (`-d 15090,15021,15020` in Istio's injection templates): no mTLS, token or policy is asked
for. Envoy has two of them in its bootstrap (tools/packaging/common/envoy_bootstrap.json), pilot-agent opens the third
(pilot/cmd/pilot-agent/status/server.go).
"""

from __future__ import annotations

from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.outcome import RESET, Outcome, Step

_READY, _METRICS = "/healthz/ready", "/stats/prometheus"
_OF_ENVOY = {15021: (_READY, "pilot-agent says whether the proxy is ready"), 15090: (_METRICS, "Envoy's own metrics")}
"""Port -> the beginning of the paths that have an answer, and what it is."""
_AGENT = 15020
_AGENT_PORT = "status.sidecar.istio.io/port"
_OF_AGENT = {
    _READY: "pilot-agent says whether the proxy is ready",
    "/metrics": "metrics of pilot-agent, of Envoy and of the app",
    _METRICS: "metrics of pilot-agent, of Envoy and of the app",
}
_FOR_ITSELF = ("/quitquitquit", "/drain", "/debug/ndsz")
_OF_THE_APP = ("/app-health/", "/app-lifecycle/")


def at_proxy_port(workload: Workload, number: int, request: Request, *, encrypted: bool = False) -> Outcome | None:
    """What becomes of a request there; None at every other port. `workload` has a proxy."""
    agent = str(workload.annotations.get(_AGENT_PORT, _AGENT))
    if number not in _OF_ENVOY and str(number) != agent:
        return None
    who = f"port {number} is the proxy's own"
    if encrypted or request.scheme == "https":
        return Outcome(error=RESET, at_once=True, steps=(Step(f"{who} and has no TLS", workload.item),))
    path = request.bare_path
    if number in _OF_ENVOY:
        beginning, said = _OF_ENVOY[number]
        return _answered(200, f"{who}: {said}", workload) if path.startswith(beginning) else _nothing(who, workload)
    if path.startswith(_OF_THE_APP):
        return Outcome(open="pilot-agent asks the app, as its probes say")
    if path in _FOR_ITSELF:
        return _answered(403, f"{who}: pilot-agent allows {path} from the pod itself only", workload)
    return _answered(200, f"{who}: {_OF_AGENT[path]}", workload) if path in _OF_AGENT else _nothing(who, workload)


def _answered(status: int, text: str, workload: Workload) -> Outcome:
    return Outcome(status=status, steps=(Step(text, workload.item),))


def _nothing(who: str, workload: Workload) -> Outcome:
    return _answered(404, f"{who}, and has nothing at this path", workload)
