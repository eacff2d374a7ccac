"""Why does a promise not hold? Each proxy on the way is asked for its configuration, and istiod whether it has it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fairlead.terminal.errors import UserError
from fairlead.verify.causes.policy_causes import denial_causes, passing_causes
from fairlead.verify.causes.route_causes import ProxyView, chosen_route, connection_causes, route_causes
from fairlead.verify.causes.security_causes import failed_connections, tls_cause, token_causes
from fairlead.verify.envoy.envoy_config import cluster_configs, rbac_filters, rejected, route_tables
from fairlead.verify.envoy.envoy_hosts import hosts
from fairlead.verify.envoy.envoy_listeners import PLAIN, connection_clusters, ports, takes, token_issuers
from fairlead.verify.live.istiod import Istiods
from fairlead.verify.live.live_proxies import LiveProxies
from fairlead.verify.live.pods import PROXY, Pod
from fairlead.verify.live.sync_state import connected, lags
from fairlead.verify.promise import UNKNOWN, Evidence, Promise
from fairlead.verify.sending import CannotSendError
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, Request
from fairlead_mesh.model.traffic.explanation import Explanation

_DENIED, _UNAUTHORIZED = 403, 401
_FAILED = re.compile(r"\b503\b|no answer|reset|closed")
_SEEN_DENIED = re.compile(r"\b403\b|RBAC|reset")
_NOBODY = re.compile(r"no pod .* is ready")
_POLICY = "AuthorizationPolicy"
_LINES = 200


@dataclass
class LiveCauses:
    """Asks only for what failed, once for each proxy."""

    proxies: LiveProxies
    istiods: Istiods
    _dumps: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    _states: list[Any] | None = None

    def of(self, promise: Promise, evidence: Evidence) -> list[str]:
        """One line a cause, and one for what could not be asked."""
        request, expected = promise.request, promise.expected
        if request is None:
            return []
        found: list[str] = []
        for part in (
            self._of_routes(request, expected, evidence),
            self._of_plain_text(request, expected),
            self._of_tokens(request, expected, evidence),
            self._of_policies(request, expected, evidence),
            self._of_sync(request, expected),
        ):
            try:
                found += part
            except (CannotSendError, UserError) as error:
                said = str(error)
                found.append(said if _NOBODY.search(said) else f"{UNKNOWN}{said}")
        return list(dict.fromkeys(found))

    def first(self, request: Request) -> str:
        """The workload whose proxy a request meets first; empty where it meets none."""
        if request.caller == INTERNET:
            return self.proxies.pods.behind(self.proxies.pods.service(request.gateway))[0].workload
        if request.caller == OUTSIDE or not any(each.has_proxy for each in self.proxies.pods.of(request.caller)):
            return ""
        return request.caller

    def _of_routes(self, request: Request, expected: Explanation | None, evidence: Evidence) -> Iterator[str]:
        if first := self.first(request):
            dump = self._dump(first)
            found = hosts(self.proxies.asked(first, "/clusters?format=json")[0])
            workloads = self.proxies.pods.all(first.partition("/")[0]).at()
            target = self._target(request)
            tables, names = route_tables(dump), cluster_configs(dump)
            view = ProxyView(first, tables, names, list(found), workloads, bool(request.gateway), target, ports(dump))
            yield from route_causes(view, request, expected)
            if request.scheme != "http":
                clusters = connection_clusters(dump, target or request.port, request.sni or request.to)
                yield from connection_causes(view, clusters, expected)
            yield from (f"the proxy of {first} did not take what istiod sent: {each}" for each in rejected(dump))
            if expected and expected.answered and _FAILED.search(evidence.seen):
                yield from self._of_connections(view, names, request)

    def _of_connections(self, view: ProxyView, clusters: Mapping[str, Any], request: Request) -> Iterator[str]:
        """Where the first proxy's connections fail, or it and the proxies that it sends to do not agree on TLS."""
        route = chosen_route(view, request)
        if route is None:
            return
        wanted = {name for name, weight in route.clusters.items() if weight and name in clusters}
        for each in view.hosts:
            if each.cluster in wanted and (server := view.at.get(each.ip)):
                has_proxy = any(pod.has_proxy for pod in self.proxies.pods.of(server))
                accepted = takes(self._dump(server), each.port) if has_proxy else None
                if failed := each.count("cx_connect_fail"):
                    yield failed_connections(view.name, each.address, server, failed)
                if said := tls_cause(view.name, clusters[each.cluster], server, each.port, accepted):
                    yield said

    def _of_plain_text(self, request: Request, expected: Explanation | None) -> Iterator[str]:
        """Where plain text is accepted that had to be rejected."""
        if expected is None or not expected.errors or request.gateway or self.first(request):
            return
        pods, name = self.proxies.pods, "/".join(reversed(request.to.split(".")[:2]))
        service = pods.service(name)
        for pod in {each.workload: each for each in pods.behind(service) if each.has_proxy}.values():
            port = pods.target(service, request.port, pod)
            if PLAIN in takes(self._dump(pod.workload), port):
                yield f"the proxy of {pod.workload} accepts plain text on port {port}: mTLS is not STRICT there"

    def _of_tokens(self, request: Request, expected: Explanation | None, evidence: Evidence) -> Iterator[str]:
        should, was = _UNAUTHORIZED in (expected.statuses if expected else {}), "401" in evidence.seen
        if should == was:
            return
        for workload in self._deciding(request, expected):
            with contextlib.suppress(CannotSendError):
                yield from token_causes(workload, token_issuers(self._dump(workload)), should=should)

    def _deciding(self, request: Request, expected: Explanation | None) -> list[str]:
        """The workloads whose proxies say whether a request may go on: the gateway's, then the servers'."""
        first = self.first(request) if request.caller == INTERNET else ""
        servers = sorted({*expected.received, *expected.answered}) if expected else []
        return [first, *servers] if first else servers

    def _target(self, request: Request) -> int:
        if not request.gateway:
            return 0
        service = self.proxies.pods.service(request.gateway)
        return self.proxies.pods.target(service, request.port, self.proxies.pods.behind(service)[0])

    def _of_policies(self, request: Request, expected: Explanation | None, evidence: Evidence) -> Iterator[str]:
        should = _DENIED in (expected.statuses if expected else {})
        was = bool(_SEEN_DENIED.search(evidence.seen))
        if should == was:
            return
        for workload in self._deciding(request, expected):
            with contextlib.suppress(CannotSendError):
                filters = rbac_filters(self._dump(workload))
                if was and filters:
                    yield from denial_causes(workload, filters, {}, self._log(workload))
                elif should:
                    yield from passing_causes(workload, filters, _policies(expected))

    def _of_sync(self, request: Request, expected: Explanation | None) -> Iterator[str]:
        pods = self.proxies.pods
        names = [*([self.first(request)] if self.first(request) else []), *(expected.received if expected else ())]
        ours: set[str] = set()
        for name in names:
            with contextlib.suppress(CannotSendError):
                ours |= {str(each) for each in pods.of(name) if each.has_proxy}
        if self._states is None:
            self._states = self.istiods.sync_states()
        states = self._states
        known = connected(states)
        yield from (f"the proxy of {each} is not connected to istiod" for each in sorted(ours - known))
        yield from (str(lag) for lag in lags(states) if lag.proxy in ours)

    def _dump(self, workload: str) -> Mapping[str, Any]:
        if workload not in self._dumps:
            self._dumps[workload] = self.proxies.config_dump(workload)
        return self._dumps[workload]

    def _log(self, workload: str) -> str:
        """The end of the proxies' logs, which have the access log where the mesh writes one."""
        return "\n".join(self._log_of(pod) for pod in self.proxies.with_proxy(workload))

    def _log_of(self, pod: Pod) -> str:
        path = f"/api/v1/namespaces/{quote(pod.namespace)}/pods/{quote(pod.name)}/log"
        with contextlib.suppress(UserError):
            status, text = self.proxies.http.api.answered(
                "GET", f"{path}?container={PROXY}&tailLines={_LINES}", accept="*/*"
            )
            return text.decode(errors="replace") if status == 200 else ""  # noqa: PLR2004 - found
        return ""


def _policies(expected: Explanation | None) -> list[str]:
    """The policies that decide about a request, as the model explains it."""
    steps = [step for outcome in (expected.outcomes if expected else ()) for step in outcome.steps]
    items = [step.item for step in steps if step.item is not None and step.item.kind == _POLICY]
    return sorted({f"{item.namespace}/{item.name}" for item in items})
