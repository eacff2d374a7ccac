"""Does `maturity` set what its steps need, and does everything that the stack file says win?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fairlead.evaluation.evaluation import evaluate
from fairlead.preview.command import as_json
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.config import Config
from fairlead_mesh.lint.config_findings import config_findings
from fairlead_mesh.stack import presets_of, well_formed
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

Raw = dict[str, Any]
RAW: Raw = {
    "cluster": {"kubeconfig": {"context": "kind"}},
    "gateways": [{"name": "istio-ingress", "expose": "nodePort"}],
    "samples": [{"name": "bookinfo", "namespace": "books"}],
    "apps": [
        {
            "name": "productpage",
            "namespace": "books",
            "port": 9080,
            "gateways": ["istio-ingress"],
            "calls": ["details"],
        },
        {"name": "details", "namespace": "books", "port": 9080},
        {"name": "reviews", "namespace": "books", "port": 9080},
    ],
}
EXAMPLE = PROGRAM / "examples" / "maturity.yaml"


def with_step(step: int | None, **keys: Any) -> Config:
    return well_formed({**RAW, **({"maturity": step} if step else {}), **keys})


def app(config: Config, name: str) -> Any:
    return next(each for each in config.apps if each.name == name)


def apps(**keys: Any) -> list[Raw]:
    return [{**RAW["apps"][0], **keys}, *RAW["apps"][1:]]


def test_without_the_key_nothing_is_set() -> None:
    assert with_step(None) == Config.model_validate(RAW)
    assert presets_of(RAW) == []


def test_each_step_sets_what_it_and_those_before_it_need() -> None:
    first, second, third, fourth = (with_step(step) for step in (1, 2, 3, 4))
    assert first.istio.access_logs.enabled
    assert {addon.key for addon in first.addons.named} == {"prometheus", "kiali"}
    assert app(first, "details").timeout is None
    assert app(second, "details").timeout == "15s"
    assert app(second, "details").circuit_breaker.outlier_detection.consecutive5xx_errors == 5
    assert (second.istio.mtls, third.istio.mtls) == (None, "strict")
    assert (third.istio.default_deny, fourth.istio.default_deny) == (None, "enforce")
    assert app(third, "productpage").callers == []


def test_clients_are_gateways_apps_that_say_so_and_else_the_own_namespace() -> None:
    config = with_step(4)
    assert [each.gateway for each in app(config, "productpage").callers] == ["istio-ingress"]
    assert app(config, "details").callers == []
    assert [each.namespace for each in app(config, "reviews").callers] == ["books"]


def test_a_team_s_app_is_called_through_the_gateways_of_the_app_that_delegates_to_it() -> None:
    front: Raw = {
        "name": "front",
        "namespace": "books",
        "port": 80,
        "external": True,
        "hosts": ["books.example.com"],
        "gateways": ["istio-ingress"],
        "routes": [{"match": [{"uri": {"prefix": "/"}}], "delegate": {"name": "reviews"}}],
    }
    team = {**RAW["apps"][2], "delegated": True}
    config = with_step(4, apps=[front, team])
    assert [each.gateway for each in app(config, "reviews").callers] == ["istio-ingress"]
    assert app(config, "front").callers == []


def test_whatever_the_stack_file_says_wins() -> None:
    config = with_step(
        4,
        istio={"accessLogs": False, "mtls": "permissive", "defaultDeny": "dryRun"},
        addons={"kiali": {"url": "http://kiali.observability:20001"}},
        apps=apps(timeout="3s", retries={"attempts": 0}, callers=[{"namespace": "web"}]),
    )
    assert not config.istio.access_logs.enabled
    assert (config.istio.mtls, config.istio.default_deny) == ("permissive", "dryRun")
    kiali = next(addon for addon in config.addons.named if addon.key == "kiali")
    assert not kiali.installed
    page = app(config, "productpage")
    assert (page.timeout, page.retries.attempts, page.callers[0].namespace) == ("3s", 0, "web")
    pool = {"connectionPool": {"tcp": {"maxConnections": 7}}}
    both = app(with_step(2, apps=apps(circuitBreaker=pool)), "productpage").circuit_breaker
    assert both.connection_pool.tcp.max_connections == 7
    assert both.outlier_detection


def test_an_empty_key_keeps_its_own_default_and_lint_does_not_mind() -> None:
    config = with_step(2, addons={"kiali": None}, apps=apps(timeout=None))
    assert app(config, "productpage").timeout is None
    assert {addon.key for addon in config.addons.named} == {"prometheus"}
    assert "keys_are_not_left_empty" not in {each.rule for each in config_findings(config)}
    without = with_step(None, apps=apps(timeout=None))
    assert "keys_are_not_left_empty" in {each.rule for each in config_findings(without)}


def test_a_timeout_is_long_enough_for_all_tries() -> None:
    retries = {"attempts": 3, "perTryTimeout": "10s"}
    assert app(with_step(2, apps=apps(retries=retries)), "productpage").timeout == "40s"


def test_connections_get_no_timeouts() -> None:
    raw = apps(protocol="TCP")
    page = app(with_step(2, apps=raw), "productpage")
    assert (page.timeout, page.retries) == (None, None)
    assert page.circuit_breaker.outlier_detection


def test_pods_that_nobody_knows_keep_the_default_open() -> None:
    more = {"name": "shop", "port": 80, "external": True, "gateways": ["istio-ingress"]}
    config = with_step(4, apps=[*RAW["apps"], more])
    assert config.istio.default_deny is None
    assert app(config, "shop").callers == []
    assert app(config, "productpage").callers
    assert "the_last_step_denies_by_default" in {each.rule for each in config_findings(config)}


def test_a_control_plane_of_somebody_else_is_left_alone() -> None:
    config = with_step(4, istio={"controlPlane": "shared"})
    assert config.istio == well_formed({**RAW, "istio": {"controlPlane": "shared"}}).istio
    assert config.addons.named == ()


def test_a_stack_file_that_is_wrong_gives_the_errors_of_its_own_keys() -> None:
    with pytest.raises(Exception, match="timeout"):
        with_step(4, apps=apps(timeout=5))


@pytest.mark.snapshot
def test_preview_lists_every_value_that_is_set(command: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = command("preview", "--config-file", str(EXAMPLE))
    assert code == 0
    told = [line.strip() for line in out.splitlines() if line.startswith("  - fairlead:")]
    read = read_stack_file(PROGRAM, config_file=EXAMPLE)
    assert len(told) == len(presets_of(read.own_keys())) > 10
    assert '- fairlead:istio.mtls: "strict" (3, mutual identity)' in told
    assert not [line for line in told if "accessLogs" in line or "kiali" in line]


@pytest.mark.snapshot
def test_the_program_applies_what_is_set() -> None:
    document = as_json(evaluate(PROGRAM, read_stack_file(PROGRAM, config_file=EXAMPLE)))
    kinds = [each["type"].rpartition(":")[2] for each in document["resources"]]
    assert {"AuthorizationPolicy", "PeerAuthentication", "DestinationRule"} <= set(kinds)
    virtual = [each for each in document["resources"] if each["type"].endswith(":VirtualService")]
    assert {each["name"]: each["inputs"]["spec"]["http"][0].get("timeout") for each in virtual} == {
        "productpage-routes": "5s",
        "details-routes": "15s",
        "reviews-routes": "15s",
        "ratings-routes": None,
    }
