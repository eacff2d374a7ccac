"""Which policies does an app get? Who may call it, who may not, whose tokens it accepts, and mTLS of its pods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fairlead_mesh.access.authorizer import AskedAuthorizer, asked_rules
from fairlead_mesh.access.client import Client
from fairlead_mesh.access.identities import Identities
from fairlead_mesh.access.jwt import Jwt, jwt_rule
from fairlead_mesh.access.policy_rules import policy_rule
from fairlead_mesh.access.workload_mtls import WorkloadMtls
from fairlead_mesh.apps.app import App
from fairlead_mesh.findings import Path
from fairlead_mesh.istio import MODES
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.model.objects.item import Item

SECURITY = "security.istio.io/v1"
DRY_RUN = "istio.io/dry-run"


def app_policies(app: App, origin: Path, known: Identities, others: Iterable[App]) -> Iterator[Item]:
    """The policies of `app`, beside `others`; none where its pods are not known, which lint says."""
    labels = known.apps[app.name].labels
    if not labels:
        return
    if app.mtls:
        yield Item(peer_authentication(app, labels, app.mtls), (*origin, "mtls"))
    if app.jwt:
        yield Item(request_authentication(app, labels, app.jwt), (*origin, "jwt"))
        if app.jwt.required:
            yield Item(token_required(app, labels), (*origin, "jwt"))
    if app.authorizer:
        yield Item(custom_policy(app, labels, app.authorizer), (*origin, "authorizer"))
    callers = [*app.callers, *(Client.model_validate(name) for name in callers_by_calls(app, others))]
    for key, action, clients in (("callers", "ALLOW", callers), ("deny", "DENY", app.deny)):
        if clients:
            rules, places = _rules(clients, known)
            kept = {path: (key, *place) for path, place in places.items() if int(place[0]) < len(getattr(app, key))}
            yield Item(policy(app, key, labels, action, rules), origin, {**kept, (): (key,)} if kept else {})


def callers_by_calls(app: App, others: Iterable[App]) -> list[str]:
    """The apps that declare that they call it, and that it does not list itself."""
    listed = {client.app for client in app.callers if not client.is_limited}
    return [each.name for each in others if app.name in each.calls and each.name not in listed]


def _rules(clients: Sequence[Client], known: Identities) -> tuple[list[dict[str, Any]], dict[Path, Path]]:
    """A rule for each client that is known, and which client that is."""
    made = [(index, policy_rule(client, known)) for index, client in enumerate(clients)]
    kept = [(index, rule) for index, rule in made if rule is not None]
    places: dict[Path, Path] = {("spec", "rules", place): (index,) for place, (index, _) in enumerate(kept)}
    return [rule for _, rule in kept], places


def policy(app: App, name: str, labels: Mapping[str, str], action: str, rules: Sequence[Mapping[str, Any]]) -> Manifest:
    """An AuthorizationPolicy for the pods of an app; one that is tried only says what it would do."""
    given_name = {"callers": app.object_names.callers, "deny": app.object_names.deny}.get(name)
    tried = {DRY_RUN: "true"} if app.dry_run else {}
    return {
        "apiVersion": SECURITY,
        "kind": "AuthorizationPolicy",
        "metadata": given(name=given_name or f"{app.name}-{name}", namespace=app.namespace, annotations=tried),
        "spec": {"selector": {"matchLabels": dict(labels)}, "action": action, "rules": list(rules)},
    }


def custom_policy(app: App, labels: Mapping[str, str], asked: AskedAuthorizer) -> Manifest:
    """An authorizer is asked before DENY and ALLOW."""
    made = policy(app, "authorizer", labels, "CUSTOM", asked_rules(asked))
    # Istio tries ALLOW and DENY only.
    metadata = {key: value for key, value in made["metadata"].items() if key != "annotations"}
    return {**made, "metadata": metadata, "spec": {**made["spec"], "provider": {"name": asked.name}}}


def token_required(app: App, labels: Mapping[str, str]) -> Manifest:
    """A request without a token is denied: a RequestAuthentication alone rejects wrong ones and lets others pass."""
    return policy(app, "jwt", labels, "DENY", [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}])


def request_authentication(app: App, labels: Mapping[str, str], jwt: Jwt) -> Manifest:
    """Whose tokens the pods of an app accept."""
    return {
        "apiVersion": SECURITY,
        "kind": "RequestAuthentication",
        "metadata": {"name": app.object_names.jwt or app.name, "namespace": app.namespace},
        "spec": {"selector": {"matchLabels": dict(labels)}, "jwtRules": [jwt_rule(jwt)]},
    }


def peer_authentication(app: App, labels: Mapping[str, str], mtls: WorkloadMtls) -> Manifest:
    """Which connections the pods of an app accept, port by port where ports differ."""
    by_number = sorted(mtls.ports.items(), key=lambda each: int(each[0]))
    spec = given(
        selector={"matchLabels": dict(labels)},
        mtls={"mode": MODES[mtls.mode]} if mtls.mode else None,
        portLevelMtls={port: {"mode": MODES[mode]} for port, mode in by_number},
    )
    return {
        "apiVersion": SECURITY,
        "kind": "PeerAuthentication",
        "metadata": {"name": app.object_names.mtls or app.name, "namespace": app.namespace},
        "spec": spec,
    }
