"""Do the lines for the next step reach it, and what is judged where something else decides?"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fairlead.maturity.lines import lines
from fairlead_mesh.lint.stack.stack_lint import stack_findings, stack_graph
from fairlead_mesh.maturity.judgement import Standing, standings
from fairlead_mesh.maturity.steps import STEPS
from fairlead_mesh.reading.stack_objects import stack_objects
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import STACKS, stack_file

pytestmark = pytest.mark.mesh

Raw = dict[str, Any]
KIND: Raw = {"cluster": {"kubeconfig": {"context": "kind"}}}
HELLO: Raw = {
    **KIND,
    "gateways": [{"name": "istio-ingress", "expose": "nodePort"}],
    "namespaces": [{"name": "hello", "injection": True}],
    "samples": [{"name": "helloworld", "namespace": "hello"}],
    "apps": [{"name": "helloworld", "namespace": "hello", "port": 5000, "gateways": ["istio-ingress"]}],
}


def judged(raw: Raw) -> list[Standing]:
    config = well_formed(raw, region="eu-west-1")
    return standings(config, stack_graph(config, stack_objects(raw.get("objects"), PROGRAM)[0].items))


def errors(raw: Raw) -> list[str]:
    config = well_formed(raw, region="eu-west-1")
    found = stack_findings(config, stack_objects(raw.get("objects"), PROGRAM)[0].items).errors
    return [f"{each.rule}: {each.message}" for each in found]


def pasted(raw: Raw, more: Raw) -> Raw:
    """Maps key by key, items of lists by their name; what is new goes to the end."""
    whole = deepcopy(raw)
    for key, value in more.items():
        name = key.removeprefix("fairlead:")
        whole[name] = _laid(whole.get(name), value)
    return whole


def _laid(below: Any, over: Any) -> Any:
    if isinstance(over, dict):
        fields = below if isinstance(below, dict) else {}
        return {**fields, **{key: _laid(fields.get(key), value) for key, value in over.items()}}  # pyright: ignore
    if isinstance(over, list) and all(isinstance(each, dict) and "name" in each for each in over):  # pyright: ignore
        items = {each["name"]: each for each in below or []}
        return list({**items, **{each["name"]: _laid(items.get(each["name"]), each) for each in over}}.values())
    return over


def raw_of(path: Path) -> Raw:
    return stack_file(path).own_keys()


@pytest.mark.process
@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_the_lines_for_the_next_step_reach_it(path: Path) -> None:
    raw = raw_of(path)
    for _ in STEPS:
        before = judged(raw)
        config = well_formed(raw, region="eu-west-1")
        keys = [key for each in before for missing in each.next for key in missing.keys]
        raw = pasted(raw, lines(keys, config))
        after = judged(raw)
        for old, new in zip(before, after, strict=True):
            assert new.step >= min(old.step + 1, max(STEPS)), (old.app.name, [each.why for each in new.next])
        assert errors(raw) == []
    assert {each.step for each in judged(raw)} == ({max(STEPS)} if raw.get("apps") else set())


@pytest.mark.parametrize("step", STEPS)
def test_maturity_reaches_its_step_by_itself(step: int) -> None:
    assert [each.step for each in judged(HELLO)] == [0]
    [standing] = judged({**HELLO, "maturity": step})
    assert standing.step >= step


def missing(raw: Raw) -> dict[str, str]:
    [standing] = judged(raw)
    return {each.need.name: each.why for each in standing.missing}


def with_app(**keys: Any) -> Raw:
    return {**HELLO, "maturity": 4, "apps": [{**HELLO["apps"][0], **keys}]}


def test_an_app_without_sidecars_sees_nothing() -> None:
    why = missing({**HELLO, "maturity": 4, "namespaces": []})["injection"]
    assert why == "Deployment hello/helloworld-v1 has no sidecar"


def test_logs_that_an_app_turns_off_are_none() -> None:
    assert missing(with_app(accessLogs=False)) == {"accessLogs": "its proxies log no requests"}


def test_one_route_without_a_timeout_is_one_too_many() -> None:
    routes = [{"match": [{"uri": {"prefix": "/slow"}}]}, {"timeout": "1s"}]
    why = missing(with_app(timeout=None, routes=routes))["timeout"]
    assert why == "its route for path prefix /slow requests has no timeout"


def test_a_port_that_accepts_plain_text_is_found() -> None:
    why = missing(with_app(mtls={"mode": "strict", "ports": {"5000": "permissive"}}))["mtls"]
    assert why == "its pods accept plain text: PERMISSIVE, by PeerAuthentication hello/helloworld"


def test_a_network_is_no_identity() -> None:
    assert missing(with_app(callers=[{"cidr": "10.0.0.0/8"}])) == {"access": "clients that nobody names may call it"}


def test_whoever_may_be_called_by_nobody_is_no_further() -> None:
    assert "nobody may call it" in missing(with_app(callers=[]))["access"]


def test_a_dry_run_keeps_nobody_out() -> None:
    raw = {**with_app(dryRun=True), "istio": {"defaultDeny": "dryRun"}}
    assert missing(raw) == {"access": "clients that nobody names may call it"}


def test_objects_of_the_stack_count_as_its_keys_do() -> None:
    config = well_formed({**HELLO, "maturity": 2})
    items = stack_graph(config, []).items
    assert standings(config, stack_graph(config, []))[0].step == 2
    strict = {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "own", "namespace": "hello"},
        "spec": {"mtls": {"mode": "STRICT"}},
    }
    own = type(items[0])(strict, source="own.yaml")
    assert standings(config, stack_graph(config, [own]))[0].step == 3
