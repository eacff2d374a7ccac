"""Does the model say what a route does to requests, and when a client's labels decide?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.explain.asked_mesh import mesh_of_objects
from fairlead_mesh.model.classes.bare_clients import bare_explanation
from fairlead_mesh.model.classes.handled import Sticky, handled
from fairlead_mesh.model.requests.request import Request, request
from fairlead_mesh.model.traffic.explanation import explanation
from fairlead_mesh.model.traffic.mesh import Mesh
from tests.fixtures.loopback import shop

pytestmark = pytest.mark.mesh


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return shop.subject().mesh


def to(path: str, method: str = "GET") -> Request:
    return request(method, f"http://shop.example.com{path}").changed(gateway=shop.GATEWAY)


def test_the_route_that_takes_a_request_says_what_it_does(mesh: Mesh) -> None:
    slow, tried = handled(mesh, to("/slow")), handled(mesh, to("/retry"))
    assert slow
    assert tried
    assert (slow.timeout, slow.retries.attempts) == (0.5, 2)
    assert (tried.timeout, tried.retries.attempts, tried.settings.attempts) == (None, 2, 2)


def test_mirrors_have_their_share_and_their_pods(mesh: Mesh) -> None:
    found = handled(mesh, to("/half"))
    assert found
    assert found.mirrors == (("copy.shop.svc.cluster.local", 0.5, ("shop/copy",)),)


def test_headers_that_a_route_removes_are_named_by_direction(mesh: Mesh) -> None:
    found = handled(mesh, to("/api/"))
    assert found
    assert (found.removed("request"), found.removed("response")) == (("x-secret",), ("x-powered-by",))


def test_sticky_sessions_are_by_a_header_over_these_workloads(mesh: Mesh) -> None:
    found = handled(mesh, to("/sticky"))
    assert found
    assert found.sticky == Sticky("header", "x-user", ("shop/web-v1", "shop/web-v2"))


def test_where_no_route_matches_nothing_is_done(mesh: Mesh) -> None:
    assert handled(mesh, to("/nowhere")) is None


def test_pods_behind_one_destination_are_a_pool(mesh: Mesh) -> None:
    pools = {each.pools for each in explanation(mesh, to("/sticky")).outcomes}
    assert pools == {("web.shop.svc.cluster.local sticky",)}
    assert {each.pools for each in explanation(mesh, to("/split")).outcomes} == {()}


BY_LABELS = """
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: copy, namespace: shop}
spec:
  hosts: [copy]
  http:
    - match: [{sourceLabels: {version: v2}}]
      directResponse: {status: 418}
    - route: [{destination: {host: copy}}]
"""


def test_a_client_whose_labels_decide_is_told_from_one_that_has_none(tmp_path: Path) -> None:
    file = tmp_path / "mesh.yaml"
    file.write_text(shop.FILE.read_text(encoding="utf-8") + BY_LABELS, encoding="utf-8")
    mesh = mesh_of_objects([str(file)], None).mesh
    for caller, with_labels, without in (("shop/web-v2", {418}, {200}), ("shop/web-v1", {200}, {200})):
        asked = request("GET", "http://copy/", caller=caller)
        assert set(explanation(mesh, asked).statuses) == with_labels
        assert set(bare_explanation(mesh, asked).statuses) == without


def test_a_client_without_a_sidecar_stays_one(mesh: Mesh) -> None:
    asked = request("GET", "http://copy.shop/", caller="plain/client")
    assert bare_explanation(mesh, asked).errors == explanation(mesh, asked).errors == 1.0
