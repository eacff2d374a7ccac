"""Does each version get the share that was meant? The weights of a VirtualService's routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.virtual_service import routes
from fairlead_mesh.model.virtual_service import virtual_services as all_of

_WHOLE = 100

Shares = list[tuple[Path, dict[str, Any]]]


def _splits(graph: Graph) -> Iterator[tuple[Item, Path, Shares]]:
    """Each route's destinations, where every weight is a number or absent."""
    for item in all_of(graph):
        for route, _ in routes(item):
            shares = item.maps(*route, "route")
            weights = [share.get("weight", 0) for _, share in shares]
            if shares and all(isinstance(weight, int) and not isinstance(weight, bool) for weight in weights):
                yield item, route, shares


@object_rule("webhook")
def weights_are_not_negative(graph: Graph) -> Iterator[Hit]:
    """A weight is zero or more; istiod rejects anything else."""
    for item, _, shares in _splits(graph):
        for place, share in shares:
            if share.get("weight", 0) < 0:
                message = "a negative weight; istiod's webhook rejects the whole VirtualService"
                yield item.hit((*place, "weight"), message, "write 0 to send it no requests")


@object_rule("webhook")
def weights_send_something(graph: Graph) -> Iterator[Hit]:
    """At least one of several destinations has a weight: istiod rejects a route whose weights are all 0."""
    for item, route, shares in _splits(graph):
        if len(shares) > 1 and not any(share.get("weight", 0) for _, share in shares):
            place = (*shares[0][0], "weight") if "weight" in shares[0][1] else shares[0][0]
            message = f"all {len(shares)} destinations have weight 0; istiod's webhook rejects the whole VirtualService"
            yield item.hit(place, message, f"write weights that add up to 100 in {route[1]}[{route[2]}]")


@object_rule(severity="warning")
def weights_are_shares_of_a_hundred(graph: Graph) -> Iterator[Hit]:
    """The weights of a route add up to 100, because readers take them for percent; Envoy divides by their sum.

    A canary of weight 10 beside 50 gets every sixth request, not every tenth.
    """
    for item, _, shares in _splits(graph):
        weights = [share.get("weight", 0) for _, share in shares]
        total = sum(weights)
        if len(shares) > 1 and total not in (0, _WHOLE) and min(weights) >= 0:
            place = next((*place, "weight") for place, share in reversed(shares) if "weight" in share)
            real = ", ".join(f"{weight} is {weight * _WHOLE / total:.0f} %" for weight in weights)
            message = f"the weights add up to {total}, and each is a share of that sum: {real}"
            yield item.hit(place, message, "write weights that add up to 100")


@object_rule(severity="warning")
def weights_are_said(graph: Graph) -> Iterator[Hit]:
    """Beside destinations with weights, one without gets no requests: a missing weight is 0, not the rest."""
    for item, _, shares in _splits(graph):
        if len(shares) > 1 and any(share.get("weight", 0) for _, share in shares):
            for place, share in shares:
                if "weight" not in share:
                    message = "a missing weight is weight 0: it never gets a request"
                    yield item.hit(place, message, "write its weight, or weight: 0 if it should get no requests")


@object_rule("KIA1104", severity="warning")
def single_destinations_need_no_weight(graph: Graph) -> Iterator[Hit]:
    """A route's only destination gets every request, whatever its weight is."""
    for item, _, shares in _splits(graph):
        weight = shares[0][1].get("weight", _WHOLE)
        if len(shares) == 1 and 0 <= weight < _WHOLE:
            message = f"the only destination gets all requests, not {weight} %"
            yield item.hit((*shares[0][0], "weight"), message, "remove the weight, or add the other destinations")
