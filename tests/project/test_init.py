"""What does `fairlead init` draft of a mesh that exists? Keys that render the same objects, and no other requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.evaluation.chart_objects import gateway_chart
from fairlead.project.draft_files import draft_files, sections
from fairlead_mesh.drafts import app_draft, mesh_draft
from fairlead_mesh.drafts.mesh_draft import MeshDraft
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import STACKS, evaluate_file

pytestmark = pytest.mark.snapshot

Command = Callable[..., tuple[int, str, str]]
SHOP = PROGRAM / "tests" / "fixtures" / "loopback" / "shop.yaml"
STAY = {
    "addons-exposed": {
        f"VirtualService istio-system/{each}-page" for each in ("grafana", "kiali", "prometheus", "tracing")
    },
    "canary": {"VirtualService hello/helloworld"},
    "delegate": {"VirtualService shop/shop"},
    "egress": {
        "DestinationRule bookinfo/covers",
        "DestinationRule istio-egress/istio-egress",
        "DestinationRule istio-egress/payments",
        "VirtualService bookinfo/mail",
        "VirtualService bookinfo/payments",
    },
    "existing-mesh": {
        "DestinationRule bookinfo/ratings-subsets",
        "VirtualService bookinfo/bookinfo-routes",
        "VirtualService bookinfo/ratings-route",
    },
    "shared-control-plane": {"VirtualService review-hello/helloworld"},
}
"""Routing that no key says: a sticky split is several routes, the root of delegates has no destination of its own,
egress is for hosts of others, pages are of addons, and a gateway of another stack is not rendered."""


def as_on_a_cluster(path: Path) -> Graph:
    """What a stack renders, with the pods and Services of its gateways' charts."""
    snapshot = evaluate_file(path)
    charts = (chart for each in snapshot.resources if (chart := gateway_chart(each)))
    manifests = [each.inputs for each in snapshot.resources if each.is_kubernetes_object]
    return graph([*map(Item, manifests), *(Item(each) for chart in charts for each in chart.objects)], closed=True)


@pytest.mark.scale
@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_what_a_stack_file_renders_becomes_its_keys_again(path: Path) -> None:
    whole = as_on_a_cluster(path)
    draft, compared = mesh_draft.mesh_draft(whole)
    assert compared.differences == []
    routing = {str(item) for item in draft.kept if item.kind in ("VirtualService", "DestinationRule")}
    assert routing == STAY.get(path.stem, set())
    config = well_formed(sections(draft, "kind"))
    found = stack_findings(config, [replace(item, origin=(), places={}) for item in draft.kept])
    assert [(each.rule, each.path, each.message) for each in found.errors] == []


TO_SHOP = [{"destination": {"host": "shop"}}]


def routed(**changes: Any) -> list[dict[str, Any]]:
    """A Service, and a VirtualService that splits its requests."""
    spec = {"hosts": ["shop"], "http": [{"route": [{"destination": {"host": "shop", "subset": "v1"}, "weight": 100}]}]}
    rule = {"host": "shop", "subsets": [{"name": "v1", "labels": {"version": "v1"}}]}
    return [
        an("v1", "Service", {"ports": [{"port": 80, "name": "http"}], "selector": {"app": "shop"}}),
        an("networking.istio.io/v1beta1", "VirtualService", spec | changes),
        an("networking.istio.io/v1", "DestinationRule", rule),
    ]


def an(api_version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "shop", "namespace": "web"}, "spec": spec}


def drafted(manifests: list[dict[str, Any]], *namespaces: str) -> MeshDraft:
    draft, compared = mesh_draft.mesh_draft(graph(map(Item, manifests), closed=True), namespaces)
    assert compared.differences == []
    return draft


def test_short_names_and_defaults_are_no_difference() -> None:
    draft = drafted(routed())
    assert draft.kept == {}
    (app,) = draft.apps
    assert app.section == {
        "name": "shop",
        "namespace": "web",
        "port": 80,
        "routes": [{"weights": {"v1": 100}}],
        "versions": [{"name": "v1"}],
        "external": {"labels": {"app": "shop"}},
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"exportTo": ["."]},
        {"http": [{"match": [{"sourceLabels": {"app": "front"}}], "route": TO_SHOP}]},
        {
            "http": [
                {
                    "match": [{"uri": {"exact": "/A"}, "ignoreUriCase": True}],
                    "route": TO_SHOP,
                }
            ]
        },
        {"http": [{"route": [{"destination": {"host": "shop.other.svc.cluster.local"}}]}]},
        {"http": [{"mirrors": [{"destination": {"host": "shop"}}], "route": TO_SHOP}]},
        {"gateways": ["somebody/elses"]},
        {"hosts": ["shop", "cart"]},
    ],
    ids=["exportTo", "sourceLabels", "ignoreUriCase", "other namespace", "mirrors", "gateway", "two hosts"],
)
def test_what_no_key_says_stays_an_object_with_a_reason(changes: dict[str, Any]) -> None:
    draft = drafted(routed(**changes))
    (kept,) = [item for item in draft.kept if item.kind == "VirtualService"]
    assert draft.kept[kept]
    assert kept.spec == routed(**changes)[1]["spec"]


def test_an_app_that_would_treat_requests_differently_is_kept_as_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"fault": {"abort": {"percentage": 100, "httpStatus": 503}}}
    monkeypatch.setattr(app_draft, "route_draft", lambda *_: wrong)
    monkeypatch.setattr(app_draft, "plain_spec", lambda *_: None)
    pods = {"template": {"metadata": {"labels": {"app": "shop", "version": "v1", "sidecar.istio.io/inject": "true"}}}}
    draft = drafted([*routed(), an("apps/v1", "Deployment", pods)])
    assert draft.apps == []
    assert set(draft.kept.values()) == {"requests would be treated differently"}


@pytest.mark.parametrize(
    "metadata",
    [{"labels": {"app.kubernetes.io/managed-by": "Helm"}}, {"ownerReferences": [{"kind": "Rollout", "name": "shop"}]}],
    ids=["helm", "owner"],
)
def test_what_somebody_else_owns_is_left_to_them(metadata: dict[str, Any]) -> None:
    manifests = routed()
    manifests[1] = {**manifests[1], "metadata": {**manifests[1]["metadata"], **metadata}}
    draft = drafted(manifests)
    assert [item.kind for item in draft.left] == ["VirtualService"]
    assert not [item for item in draft.kept if item.kind == "VirtualService"]


def test_a_namespace_can_be_drafted_alone() -> None:
    assert drafted(routed(), "other").namespaces == []
    assert drafted(routed(), "web").namespaces == ["web"]


def test_objects_are_written_without_what_the_server_adds() -> None:
    manifests = routed(exportTo=["."])
    books = {"uid": "1", "resourceVersion": "2", "generation": 3, "managedFields": [{}], "creationTimestamp": "now"}
    mine = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "web"}
    manifests[1]["metadata"] = {**manifests[1]["metadata"], **books, "annotations": mine}
    manifests[1]["status"] = {}
    (written,) = yaml.safe_load_all(draft_files(drafted(manifests), "kind", "dev", "here")["objects/web.yaml"])
    assert written["metadata"] == {"name": "shop", "namespace": "web", "annotations": {"team": "web"}}
    assert "status" not in written


def test_a_project_is_written_and_what_it_takes_over_is_said(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "mesh"
    code, out, _ = command("init", str(folder), "--from-objects", str(SHOP), "--stack", "prod")
    assert code == 0, out
    assert "Requests: none is treated differently" in out
    assert {"Pulumi.yaml", "__main__.py", "requirements.txt"} <= {path.name for path in folder.iterdir()}
    config = yaml.safe_load((folder / "Pulumi.prod.yaml").read_text(encoding="utf-8"))["config"]
    assert config[f"{PROJECT}:istio"] == {"controlPlane": "shared"}


def test_yaml_without_istio_is_no_mesh(command: Command, tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(yaml.safe_dump(routed()[0]), encoding="utf-8")
    code, _, err = command("init", str(tmp_path / "mesh"), "--from-objects", str(tmp_path / "service.yaml"))
    assert (code, "has no object of Istio's" in err) == (1, True)
    assert not (tmp_path / "mesh").exists()


def test_a_folder_that_has_something_is_not_drafted_into(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    code, _, err = command("init", str(tmp_path), "--from-objects", str(SHOP))
    assert (code, "it has mine" in err) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_one_place_is_drafted_from(command: Command, tmp_path: Path) -> None:
    assert command("init", str(tmp_path / "mesh"))[0] == 2
    assert command("init", str(tmp_path / "mesh"), "--from-cluster", "kind", "--from-objects", str(SHOP))[0] == 2
