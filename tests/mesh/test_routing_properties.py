"""Does what holds for one app's routing hold for every app that the model takes?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead_mesh.config import Config
from fairlead_mesh.model.virtual_service import MESH
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.expected_split import expected_split
from fairlead_mesh.routing.virtual_service import virtual_services
from fairlead_mesh.stack import read_config

pytestmark = pytest.mark.mesh

GATEWAYS = {"istio-ingress": "istio-ingress/istio-ingress", "partners": "edge/partners"}
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
BOUNDED = settings(max_examples=50, derandomize=True, deadline=None, database=None)

# At most 58 letters: a label's 63 leave room for `-mesh`.
edges = st.sampled_from("az09")
names = edges | st.builds("{}{}{}".format, edges, st.text("az09-", max_size=56), edges)
paths = st.sampled_from(["/", "/api", "/api/v1"])
matches = st.fixed_dictionaries(
    {},
    optional={
        "uri": paths | st.fixed_dictionaries({"prefix": paths}),
        "method": st.sampled_from(["GET", "POST"]),
        "headers": st.dictionaries(st.sampled_from(["x-beta", "end-user"]), st.just("on")),
    },
)


@st.composite
def splits(draw: st.DrawFn, versions: list[str]) -> dict[str, int]:
    """Shares of some of the versions that add up to a hundred, zeros among them."""
    chosen = draw(st.lists(st.sampled_from(versions), unique=True, min_size=1))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(chosen) - 1, max_size=len(chosen) - 1)))
    return {name: high - low for name, low, high in zip(chosen, [0, *cuts], [*cuts, 100], strict=True)}


@st.composite
def apps(draw: st.DrawFn) -> dict[str, Any]:
    versions = draw(st.lists(names, unique=True, max_size=4))
    split = splits(versions) if versions else st.just({})
    route = st.fixed_dictionaries({}, optional={"match": st.lists(matches, max_size=2), "weights": split})
    own_service = [draw(st.booleans()) for _ in versions]
    return {
        "name": draw(names),
        "namespace": draw(names),
        "port": draw(st.integers(1, 65535)),
        "hosts": draw(st.sampled_from([["*"], ["shop.example.com"], ["a.example.com", "b.example.com"]])),
        "gateways": draw(st.lists(st.sampled_from([*GATEWAYS, MESH]), unique=True, min_size=1)),
        "versions": [
            {"name": name} | ({"service": name} if own else {}) for name, own in zip(versions, own_service, strict=True)
        ],
        "routes": draw(st.lists(route, max_size=3)),
    }


def config(app: dict[str, Any]) -> Config:
    gateways = [{"name": "istio-ingress"}, {"name": "partners", "namespace": "edge"}]
    return read_config({"cluster": {"kubeconfig": {"context": "kind"}}, "gateways": gateways, "apps": [app]})


@BOUNDED
@given(apps())
def test_every_route_leads_to_destinations_that_exist_and_share_a_hundred(app: dict[str, Any]) -> None:
    (model,) = config(app).apps
    rules = destination_rules(model)
    subsets = {subset["name"] for rule in rules for subset in rule["spec"]["subsets"]}
    services = {f"{each.service}.{model.namespace}.svc.cluster.local" for each in model.versions if each.service}
    for manifest in virtual_services(model, GATEWAYS):
        assert len(manifest["spec"]["http"]) == max(1, len(model.routes))
        for http in manifest["spec"]["http"]:
            shares = [destination.get("weight") for destination in http["route"]]
            assert shares == [None] or sum(shares) == 100
            for destination in (each["destination"] for each in http["route"]):
                assert destination["port"] == {"number": model.port}
                assert destination.get("subset", "") in {"", *subsets}
                assert destination["host"] in services | {model.fqdn()}


@BOUNDED
@given(apps())
def test_every_object_has_a_name_of_its_own_that_kubernetes_takes(app: dict[str, Any]) -> None:
    (model,) = config(app).apps
    rules = destination_rules(model)
    services = virtual_services(model, GATEWAYS)
    named = [(each["kind"], each["metadata"]["name"]) for each in [*services, *rules]]
    assert len(named) == len(set(named))
    assert all(LABEL.fullmatch(name) for _, name in named)
    assert all(LABEL.fullmatch(subset["name"]) for rule in rules for subset in rule["spec"]["subsets"])


@BOUNDED
@given(apps())
def test_the_webhooks_word_on_hosts_is_kept(app: dict[str, Any]) -> None:
    (model,) = config(app).apps
    services = virtual_services(model, GATEWAYS)
    assert all("*" not in each["spec"]["hosts"] for each in services if MESH in each["spec"]["gateways"])
    bound = [gateway for each in services for gateway in each["spec"]["gateways"]]
    assert len(bound) == len(set(bound))
    assert {GATEWAYS[name] for name in model.ingress_gateways} <= set(bound)


@BOUNDED
@given(apps())
def test_every_route_is_told_in_words(app: dict[str, Any]) -> None:
    (model,) = config(app).apps
    told = expected_split(model)
    assert len(told) == max(1, len(model.routes))
    assert all(each["requests"] and each["to"] for each in told)
