"""Do addons link to each other where a browser can follow, and does Kiali let nobody edit what is protected?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config

pytestmark = pytest.mark.mesh


def addon_values(key: str, addons: dict[str, Any], **keys: Any) -> dict[str, Any]:
    said = {"cluster": {"kubeconfig": {"context": "none"}}, "addons": {"prometheus": {}, **addons}, **keys}
    config = Config.model_validate(said)
    [found] = [addon for addon in config.addons.named if addon.key == key]
    return found.chart_values(config.around_addons())


def test_kiali_links_to_where_a_browser_finds_the_others() -> None:
    grafana, tracing = "https://grafana.example.com", "https://traces.example.com/jaeger"
    values = addon_values("kiali", {"kiali": {}, "grafana": {"publicUrl": grafana}, "tracing": {"publicUrl": tracing}})
    services = values["external_services"]
    assert services["grafana"]["external_url"] == grafana
    assert services["tracing"]["external_url"] == tracing
    assert services["grafana"]["internal_url"] == "http://grafana.istio-system:3000"


def test_without_a_public_address_no_link_is_made_up() -> None:
    services = addon_values("kiali", {"kiali": {}, "grafana": {}, "tracing": {}})["external_services"]
    assert "external_url" not in services["grafana"]
    assert "external_url" not in services["tracing"]


def test_grafana_knows_under_which_address_it_is_seen() -> None:
    values = addon_values("grafana", {"grafana": {"publicUrl": "https://grafana.example.com"}})
    assert values["grafana.ini"]["server"] == {"root_url": "https://grafana.example.com"}


@pytest.mark.parametrize(
    ("kiali", "protect", "read_only"),
    [({}, False, True), ({"auth": "token"}, False, False), ({"auth": "token"}, True, True)],
)
def test_nobody_edits_a_protected_stack_in_kiali(kiali: dict[str, Any], protect: bool, read_only: bool) -> None:
    values = addon_values("kiali", {"kiali": kiali}, lifecycle={"protect": protect})
    assert values["deployment"]["view_only_mode"] is read_only


def test_people_log_in_by_openid_with_their_own_rights() -> None:
    values = addon_values("kiali", {"kiali": {"openid": {"issuer": "https://login.example.com", "clientId": "kiali"}}})
    openid = {"issuer_uri": "https://login.example.com", "client_id": "kiali", "disable_rbac": False}
    assert values["auth"] == {"strategy": "openid", "openid": openid}
