"""Can every token be checked that a RequestAuthentication or a route on claims speaks of?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.gateway_listeners import gateway_selector
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import reach, selector_of, targeted
from fairlead_mesh.model.virtual_service import named_gateways

_CLAIM = "@request.auth.claims"
_MESH = "mesh"
_PRIVATE = ("d", "k")


@object_rule("webhook")
def tokens_have_an_issuer(graph: Graph) -> Iterator[Hit]:
    """A JWT rule has the issuer of the tokens and the source of its keys; istiod rejects one without.

    Key URLs with another scheme than http or https are rejected too; keys that cannot be fetched make every token
    invalid, which is 401 for all who send one.
    """
    for item in graph.of_kind("RequestAuthentication"):
        for path, rule in item.maps("spec", "jwtRules"):
            uri, keys = rule.get("jwksUri"), rule.get("jwks")
            if not rule.get("issuer") and not uri:
                message = "this has neither issuer nor jwksUri, so istiod rejects it"
                yield item.hit(
                    path, message, "add issuer: https://accounts.example.com, the value of iss in the tokens"
                )
            if uri and not str(uri).lower().startswith(("http://", "https://")):
                message = "istiod fetches keys by http and https only, and rejects this"
                yield item.hit((*path, "jwksUri"), message, "write https://.../jwks.json")
            if keys and not _key_set(keys):
                message = "this is not a JSON Web Key Set, so istiod rejects it"
                yield item.hit((*path, "jwks"), message, 'write {"keys": [...]}, or jwksUri instead')
            elif keys and any(part in key for key in _key_set(keys) for part in _PRIVATE):
                message = "this key set has a private key: anyone who can read this object can sign tokens"
                yield item.hit((*path, "jwks"), message, "write the public keys only", severity="warning")
            for key, name in (("fromHeaders", "name"), ("outputClaimToHeaders", "header")):
                for place, header in item.maps(*path, key):
                    if not header.get(name):
                        yield item.hit(place, "this header has no name, so istiod rejects it", f"add {name}: x-token")


def _key_set(text: Any) -> list[dict[str, Any]]:
    """The keys of a set, or of the single key that a set may be instead."""
    try:
        found = as_map(json.loads(text)) if isinstance(text, str) else {}
    except ValueError:
        return []
    keys: Any = found.get("keys", [found] if "kty" in found else [])
    return as_maps(keys)


@object_rule("IST0149")
def claim_routes_have_request_authentication(graph: Graph) -> Iterator[Hit]:
    """A route on a JWT claim needs a RequestAuthentication on the gateway's pods: only it reads the token.

    Without one no request ever matches the route; it goes to the next one, or gets 404, even with a valid token.
    """
    checked = _checked(graph)
    for item in graph.of_kind("VirtualService"):
        claims = list(_claims(item))
        if not claims:
            continue
        # At the sidecars claims are never read, which is another rule's to say.
        for name in (name for _, name in named_gateways(item) if name != _MESH):
            space, _, short = name.rpartition("/")
            gateway = graph.gateways.get((space or item.namespace, short))
            selector = gateway_selector(gateway) if gateway else {}
            pods = [pod for pod in graph.selected(None, selector) if pod not in checked] if selector else []
            if pods:
                message = (
                    f"no RequestAuthentication applies to {pods[0].item}, the pods of {name}: this route never matches"
                )
                remedy = f"add one in {pods[0].namespace} whose selector matches them, with the issuer of the tokens"
                yield item.hit(claims[0], message, remedy, severity=graph.missing)
                break
            if gateway and selector and not graph.selected(None, selector) and not _may_check(graph, selector):
                message = f"no RequestAuthentication is known for the pods of {name}: without one this never matches"
                remedy = "add one in the gateway's namespace whose selector matches its pods"
                yield item.hit(claims[0], message, remedy, severity="warning")
                break


def _checked(graph: Graph) -> set[Workload]:
    items = graph.all_of_kind("RequestAuthentication")
    found = {pod for item in items for pod in reach(graph, item).pods(graph)}
    # Targets of the Gateway API are pods that nobody wrote; their names are all that is known of them.
    targets = {item.namespace for item in items if targeted(item)}
    return found | {pod for namespace in targets for pod in graph.workloads.get(namespace, [])}


def _may_check(graph: Graph, labels: Mapping[str, Any]) -> bool:
    """Whether one may apply to pods of which only these labels are known: they run where no others do."""
    for item in graph.all_of_kind("RequestAuthentication"):
        selector, home = selector_of(item), item.namespace
        elsewhere = not selector and home in graph.workloads and home != graph.root_namespace
        if targeted(item) or (selector.items() <= labels.items() and not elsewhere):
            return True
    return False


def _claims(item: Item) -> Iterator[Path]:
    for route, _ in item.maps("spec", "http"):
        for match, _ in item.maps(*route, "match"):
            for key in ("headers", "withoutHeaders"):
                for header in as_map(item.get(*match, key)):
                    if str(header).lower().startswith((f"{_CLAIM}.", f"{_CLAIM}[")):
                        yield (*match, key, header)
