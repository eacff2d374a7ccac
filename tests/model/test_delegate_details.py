"""Do delegates mean what istiod makes of them, where the records say nothing?

Sources: pilot/pkg/model/virtualservice.go and virtualservice_controller.go in istio/istio.
"""

from __future__ import annotations

import pytest

from tests.fixtures.worlds import GATEWAY, asked, istio, virtual_service, world

pytestmark = pytest.mark.mesh

CLIENT = "shop/client"


def answer(status: int, match: str = "") -> str:
    return f"{{{f'match: [{match}], ' if match else ''}directResponse: {{status: {status}}}}}"


def delegated(root: str, *routes: str, namespace: str = "shop") -> str:
    """The web's VirtualService, whose routes hand on to a delegate with these routes, and then answer 299."""
    to = f"delegate: {{name: d, namespace: {namespace}}}"
    listed = f"[{{{f'match: [{root}], ' if root else ''}{to}}}, {answer(299)}]"
    delegate = istio("VirtualService", f"{{http: [{', '.join(routes)}]}}", name="d", namespace=namespace)
    return virtual_service(listed) + delegate


def status(objects: str, path: str = "/api/x", **headers: str) -> int:
    return next(iter(asked(world(objects), f"GET http://web.shop{path}", CLIENT, headers=headers).statuses))


def test_one_match_outside_of_the_roots_takes_the_whole_route_away() -> None:
    inner = answer(201, "{uri: {prefix: /api/x}}, {uri: {prefix: /other}}")
    assert status(delegated("{uri: {prefix: /api}}", inner)) == 299
    assert status(delegated("{uri: {prefix: /api}}", answer(201, "{uri: {prefix: /api/x}}"))) == 201


@pytest.mark.parametrize(("inner", "found"), [("{uri: {prefix: /api}}", 299), ("{sourceNamespace: shop}", 201)])
def test_a_match_that_does_not_repeat_the_roots_namespace_contradicts_it(inner: str, found: int) -> None:
    assert status(delegated("{sourceNamespace: shop}", answer(201, inner))) == found


@pytest.mark.parametrize(
    ("outer", "inner", "found"),
    [("{exact: a}", "{exact: a}", 201), ("{}", "{exact: a}", 299), ("{exact: a}", "{}", 299), ("{}", "{}", 299)],
)
def test_a_header_that_only_has_to_be_there_is_within_no_other(outer: str, inner: str, found: int) -> None:
    objects = delegated(f"{{headers: {{x-k: {outer}}}}}", answer(201, f"{{headers: {{x-k: {inner}}}}}"))
    assert status(objects, **{"x-k": "a"}) == found


def test_what_a_delegate_inherits_is_named_in_the_roots_namespace() -> None:
    delegate = istio(
        "VirtualService", "{http: [{route: [{destination: {host: payments}}]}]}", name="d", namespace="pay"
    )
    root = virtual_service("[{mirror: {host: web}, delegate: {name: d, namespace: pay}}]", hosts="[shop.example.com]",
                           rest="gateways: [edge]")  # fmt: skip
    received = asked(world(GATEWAY + delegate + root), "GET http://shop.example.com/").received
    assert received["pay/payments-v1"] == 1.0
    assert sum(times for name, times in received.items() if name.startswith("shop/web-")) == pytest.approx(1.0)


def test_the_gateways_of_a_match_are_those_of_its_own_namespace() -> None:
    delegate = istio("VirtualService", f"{{http: [{answer(201)}]}}", name="d", namespace="pay")
    to = "{match: [{gateways: [edge]}], delegate: {name: d, namespace: pay}}"
    root = virtual_service(f"[{to}]", hosts="[shop.example.com]", rest="gateways: [edge]")
    assert asked(world(GATEWAY + delegate + root), "GET http://shop.example.com/").statuses == {201: 1.0}
