"""Does `--set` take the path that findings print, and change that one value?"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.terminal.errors import UserError
from fairlead.yaml_files.overrides import override
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import stack_file_with_strays
from fairlead_mesh.findings import Path as FindingPath
from fairlead_mesh.findings import dotted
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

CONFIG: dict[str, Any] = {
    "fairlead:wait": True,
    "fairlead:cluster": {"kubeconfig": {"context": "kind"}},
    "fairlead:apps": [
        {"name": "shop", "hosts": ["a.example.com"], "routes": [{"weights": {"v1": 100}}]},
        {"name": "cart", "routes": [{"weights": {"v1": 70, "v2": 30}}]},
    ],
    "fairlead:namespaces": [{"name": "a", "labels": {"istio.io/rev": "x"}}],
    "aws:region": "eu-west-1",
}


def overridden(*texts: str) -> dict[str, Any]:
    stack_file = StackFile("fairlead", "dev", Path("Pulumi.dev.yaml"), deepcopy(CONFIG))
    for text in texts:
        override(stack_file, text)
    return stack_file.config


def at(config: dict[str, Any], *steps: str | int) -> Any:
    value: Any = config
    for step in steps:
        value = value[step]
    return value


@pytest.mark.parametrize(
    ("text", "steps", "value"),
    [
        ("apps[1].routes[0].weights.v1=80", ("fairlead:apps", 1, "routes", 0, "weights", "v1"), 80),
        ("fairlead:apps[1].routes[0].weights.v1=80", ("fairlead:apps", 1, "routes", 0, "weights", "v1"), 80),
        ("apps.1.routes.0.weights.v1=80", ("fairlead:apps", 1, "routes", 0, "weights", "v1"), 80),
        ("apps.cart.routes[0].weights.v1=80", ("fairlead:apps", 1, "routes", 0, "weights", "v1"), 80),
        ("apps[0].hosts[0]=b.example.com", ("fairlead:apps", 0, "hosts"), ["b.example.com"]),
        ("apps[0].hosts[1]=b.example.com", ("fairlead:apps", 0, "hosts"), ["a.example.com", "b.example.com"]),
        ('namespaces[0].labels["istio.io/rev"]=y', ("fairlead:namespaces", 0, "labels"), {"istio.io/rev": "y"}),
        ("namespaces[0].labels['a.b/c']=y", ("fairlead:namespaces", 0, "labels", "a.b/c"), "y"),
        ("gateways[0].name=in", ("fairlead:gateways",), [{"name": "in"}]),
        ("istio.mtls=strict", ("fairlead:istio",), {"mtls": "strict"}),
        ("istio={mtls: strict}", ("fairlead:istio",), {"mtls": "strict"}),
        ("istio.hub=registry/a=b", ("fairlead:istio", "hub"), "registry/a=b"),
        ("wait=false", ("fairlead:wait",), False),
        ("aws:region=us-east-1", ("aws:region",), "us-east-1"),
    ],
)
def test_the_value_at_the_path_is_replaced(text: str, steps: tuple[str | int, ...], value: Any) -> None:
    assert at(overridden(text), *steps) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("apps", "is not path=value"),
        ("=1", "is not path=value"),
        ("[0]=1", "is not path=value"),
        ("apps[0=1", "is not path=value"),
        ("apps[x].name=1", "is not path=value"),
        ("apps..name=1", "is not path=value"),
        ("apps[0]name=1", "is not path=value"),
        (".".join(["a"] * 5000) + "=1", "is not path=value"),
        ("apps[3].name=x", "the list has no item 3; its items are 0 to 1"),
        ("apps.nope.name=x", "the list has no item nope; its items are 0 to 1"),
        ("gateways[1].name=x", "the list has no item 1; it has none"),
        ("apps.cart=x", "would replace a whole item"),
        ("wait.long=x", "fairlead:wait is a plain value, so it has no long"),
        ("istio.version=[", "the value is not valid YAML: the text ends before a [ or { is closed"),
    ],
)
def test_what_leads_nowhere_is_a_sentence_with_a_remedy(text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        overridden(text)
    assert said in caught.value.message
    assert caught.value.remedy


KEYS = st.text(st.characters(codec="ascii", exclude_characters='"]=\n\r:', categories=["L", "N", "P"]), min_size=1)


@given(st.lists(KEYS | st.integers(0, 0), max_size=5))
def test_every_path_that_a_finding_prints_can_be_set(behind: list[str | int]) -> None:
    path: FindingPath = ("istio", *behind)
    stack_file = StackFile("fairlead", "dev", Path("Pulumi.dev.yaml"), {})
    override(stack_file, f"{dotted(path)}=5")
    assert at(stack_file.config, "fairlead:istio", *behind) == 5


def test_what_an_alias_repeats_is_changed_in_one_place_alone(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text("config:\n  fairlead:apps:\n    - &a {name: shop, port: 80, hosts: [a.b]}\n    - *a\n")
    read, _ = stack_file_with_strays(PROGRAM, config_file=file, overrides=["apps[1].port=81", "apps[1].hosts[0]=c.d"])
    assert read.config["fairlead:apps"][0] == {"name": "shop", "port": 80, "hosts": ["a.b"]}
    assert read.config["fairlead:apps"][1] == {"name": "shop", "port": 81, "hosts": ["c.d"]}
