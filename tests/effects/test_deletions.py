"""Does a diff say what is deleted or left behind, and which proxies are patched?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Comparison
from fairlead.effects.resources import deletion_watcher as deletions
from fairlead.effects.workloads import proxy_patch_watcher as proxy_patches
from tests.fixtures.compared import aws, compared, release, side
from tests.fixtures.security_objects import PROVIDER, ROOT, deployment, namespace, plain, said, with_options

pytestmark = pytest.mark.mesh


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (
            {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": "things.example.com"},
                "spec": {"names": {"kind": "Thing"}},
            },
            "together with every Thing object in the cluster",
        ),
        (plain("PersistentVolumeClaim", "a", spec={}), "the data on its volume is deleted"),
        (plain("Secret", "a"), "pods that need it no longer start"),
        (release("other", "nginx"), "uninstalled with all objects of its chart"),
    ],
)
def test_deletions_that_take_more_with_them_are_told(gone: dict[str, Any], words: str) -> None:
    kept = namespace("kept")
    (sentence,) = said(deletions.watch, compared([kept, gone], [kept]))
    assert sentence.startswith("DELETES ")
    assert words in sentence
    assert said(deletions.watch, compared([kept, gone], [kept], deploys=False)) == []


def test_the_crds_of_chart_base_stay() -> None:
    kept = namespace("kept")
    (sentence,) = said(deletions.watch, compared([kept, release("base", "base")], [kept]))
    assert sentence.startswith("CONTROL_PLANE Release istio-system/base: uninstalled: the CRDs and the objects stay")


def test_an_empty_program_deletes_the_whole_stack() -> None:
    sentences = said(deletions.watch, compared([namespace("a"), namespace("b")], []))
    assert sentences == ["INTERRUPTS the whole stack: nothing is left: all 2 resources are deleted"]
    provided = aws(PROVIDER, "kubernetes")
    assert said(deletions.watch, compared([provided, namespace("a")], [provided])) == [
        "INTERRUPTS the whole stack: nothing is left: its only resource is deleted"
    ]
    assert said(deletions.watch, compared([provided], [provided])) == []


def test_what_is_kept_or_protected_is_not_deleted() -> None:
    before = side([plain("Secret", "a"), namespace("kept")])
    (sentence,) = said(deletions.watch, compare(with_options(before, retainOnDelete=True), side([namespace("kept")])))
    assert sentence == "- Secret web/a: removed from the stack, but retained"
    sentences = said(deletions.watch, compare(with_options(before, protect=True), side([namespace("kept")])))
    assert "DELETES Secret web/a: protected: the update fails instead of deleting it" in sentences


def filters(before: list[Any], after: list[Any]) -> list[str]:
    world = [deployment("web", "shop"), namespace("web")]
    comparison: Comparison = compared([*world, *before], [*world, *after])
    return said(proxy_patches.watch, comparison)


def proxy_object(kind: str, home: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "x.istio.io/v1", "kind": kind, "metadata": {"name": "a", "namespace": home}, "spec": spec}


def test_a_patch_is_told_by_the_proxies_that_it_patches() -> None:
    selects = {"workloadSelector": {"labels": {"app": "shop"}}}
    assert filters([], [proxy_object("EnvoyFilter", "web", **selects)]) == [
        "CONTROL_PLANE shop: EnvoyFilter web/a patches its proxies (added)"
    ]
    assert filters([proxy_object("EnvoyFilter", ROOT)], [])[0].startswith("CONTROL_PLANE the whole mesh: EnvoyFilter")
    assert filters([], [proxy_object("WasmPlugin", "web")])[0].startswith("CONTROL_PLANE namespace web: WasmPlugin")


def test_telemetry_is_told_by_what_is_reported() -> None:
    def tracing(share: float) -> dict[str, Any]:
        rule = {"providers": [{"name": "jaeger"}], "randomSamplingPercentage": share}
        return proxy_object("Telemetry", ROOT, tracing=[rule])

    assert filters([tracing(1)], [tracing(100)]) == [
        "- the whole mesh: tracing changes from 1 % of requests to 100 % of requests"
    ]
