"""What do Istio's own charts get? Values of base and istiod, and the mTLS of the mesh."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.charts import addon_chart, istio_chart
from fairlead_mesh.istio import Istio, base_values, istiod_values, peer_authentication
from fairlead_mesh.versions import ISTIO_HUB, ISTIO_OCI, ISTIO_REPOSITORY, ISTIO_VERSION, PROMETHEUS

pytestmark = pytest.mark.mesh

TRACING = {"name": "fairlead-tracing", "zipkin": {"service": "zipkin", "port": 9411}}


def istio(**keys: Any) -> Istio:
    return Istio.model_validate(keys)


def istiod(providers: list[dict[str, Any]] | None = None, **keys: Any) -> dict[str, Any]:
    return istiod_values(istio(**keys), extension_providers=providers or [])


def test_the_base_chart_makes_a_default_revision_so_that_validation_is_on_from_the_start() -> None:
    assert base_values(istio()) == {"defaultRevision": "default", "global": {"istioNamespace": "istio-system"}}


def test_istiod_gets_nothing_that_was_not_said() -> None:
    assert istiod() == {"hub": ISTIO_HUB, "global": {"hub": ISTIO_HUB, "istioNamespace": "istio-system"}}
    assert istiod(charts={"path": "./charts"}) == {"global": {"istioNamespace": "istio-system"}}


def test_both_charts_know_istios_namespace() -> None:
    assert base_values(istio(namespace="mesh-system"))["global"] == {"istioNamespace": "mesh-system"}
    assert istiod(namespace="mesh-system")["global"]["istioNamespace"] == "mesh-system"


def test_the_hub_stands_in_both_places_that_the_chart_reads() -> None:
    values = istiod(hub="registry.example.com/istio")
    assert values["hub"] == "registry.example.com/istio"
    assert values["global"] == {"hub": "registry.example.com/istio", "istioNamespace": "istio-system"}


def hubs(**keys: Any) -> tuple[Any, Any]:
    values = istiod(**keys)
    return values.get("hub"), values["global"].get("hub")


@pytest.mark.parametrize("version", ["1.22.0", "1.30.5", ISTIO_VERSION])
@pytest.mark.parametrize("charts", [{}, {"oci": ISTIO_OCI}, {"repository": f"{ISTIO_REPOSITORY}/"}])
def test_images_of_every_version_come_from_istios_own_hub(version: str, charts: dict[str, str]) -> None:
    assert hubs(version=version, charts=charts) == ("docker.io/istio", "docker.io/istio")


@pytest.mark.parametrize(
    "charts",
    [{"repository": "https://charts.example.com"}, {"oci": "oci://registry.example.com/charts"}, {"path": "./charts"}],
)
def test_charts_from_elsewhere_say_themselves_where_their_images_are(charts: dict[str, str]) -> None:
    assert hubs(charts=charts) == (None, None)
    assert hubs(charts=charts, hub="registry.example.com") == ("registry.example.com", "registry.example.com")


def test_a_hub_among_the_free_values_wins_where_it_stands() -> None:
    own = {"global": {"hub": "registry.example.com"}}
    assert hubs(values={"istiod": own}) == ("registry.example.com", "registry.example.com")
    assert hubs(values={"istiod": {"hub": "patched.example.com"}}) == ("patched.example.com", ISTIO_HUB)
    assert hubs(values={"istiod": {"hub": "patched.example.com", **own}}) == (
        "patched.example.com",
        "registry.example.com",
    )
    assert hubs(hub="mirror.example.com", values={"istiod": own}) == ("mirror.example.com", "registry.example.com")


def test_access_logs_go_to_standard_output_unless_the_mesh_config_says_where() -> None:
    assert istiod(accessLogs=True)["meshConfig"] == {"accessLogFile": "/dev/stdout"}
    assert istiod(accessLogs=True, meshConfig={"accessLogFile": "/dev/stderr"})["meshConfig"] == {
        "accessLogFile": "/dev/stderr"
    }


def test_the_users_mesh_config_is_merged_with_ours() -> None:
    mesh_config = {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}}
    assert istiod([TRACING], accessLogs=True, meshConfig=mesh_config)["meshConfig"] == {
        "accessLogFile": "/dev/stdout",
        "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
        "extensionProviders": [TRACING],
    }


def test_extension_providers_of_the_user_stand_beside_ours() -> None:
    own = {"name": "authz", "envoyExtAuthzGrpc": {"service": "authz", "port": 9000}}
    section = istio(meshConfig={"extensionProviders": [own]})
    assert istiod_values(section, extension_providers=[TRACING])["meshConfig"]["extensionProviders"] == [TRACING, own]
    assert section.mesh_config == {"extensionProviders": [own]}
    assert istiod(meshConfig={"extensionProviders": [own]})["meshConfig"] == {"extensionProviders": [own]}


def test_an_empty_list_of_extension_providers_takes_ours() -> None:
    for nothing in ([], None):
        values = istiod([TRACING], meshConfig={"extensionProviders": nothing})
        assert values["meshConfig"]["extensionProviders"] == [TRACING]


def test_a_fixed_number_of_istiods_turns_the_autoscaler_off() -> None:
    values = istiod(replicas=2)
    assert (values["autoscaleEnabled"], values["replicaCount"]) == (False, 2)


def test_istiods_autoscaler_has_the_users_bounds() -> None:
    values = istiod(autoscaling={"min": 2, "max": 5})
    assert (values["autoscaleEnabled"], values["autoscaleMin"], values["autoscaleMax"]) == (True, 2, 5)
    assert values["cpu"] == {"targetAverageUtilization": 80}
    assert "replicaCount" not in values


def test_resources_go_through_as_they_are() -> None:
    assert istiod(resources={"limits": {"memory": "2Gi"}})["resources"] == {"limits": {"memory": "2Gi"}}


def test_free_values_are_merged_last_each_into_its_own_chart() -> None:
    free = {
        "base": {"defaultRevision": "canary"},
        "istiod": {"global": {"logAsJson": True}, "hub": "other", "meshConfig": {"accessLogFile": ""}},
    }
    values = istiod(hub="registry.example.com", accessLogs=True, values=free)
    assert values["hub"] == "other"
    assert values["global"] == {"hub": "registry.example.com", "istioNamespace": "istio-system", "logAsJson": True}
    assert values["meshConfig"] == {"accessLogFile": ""}
    assert base_values(istio(values=free)) == {
        "defaultRevision": "canary",
        "global": {"istioNamespace": "istio-system"},
    }


@pytest.mark.parametrize(
    ("word", "mode"), [("strict", "STRICT"), ("permissive", "PERMISSIVE"), ("disabled", "DISABLE")]
)
def test_mtls_is_said_in_istios_words(word: Any, mode: str) -> None:
    rendered = peer_authentication("istio-system", word)
    assert (rendered["apiVersion"], rendered["kind"]) == ("security.istio.io/v1", "PeerAuthentication")
    assert rendered["metadata"] == {"name": "default", "namespace": "istio-system"}
    assert rendered["spec"] == {"mtls": {"mode": mode}}


def test_charts_come_from_istios_own_repository_in_the_version_of_the_table() -> None:
    chart = istio_chart(istio(), "gateway")
    assert (chart.chart, chart.version, chart.repository) == ("gateway", ISTIO_VERSION, ISTIO_REPOSITORY)


def test_charts_come_from_a_repository_or_a_registry_in_the_version_of_the_file() -> None:
    mirrored = istio_chart(istio(version="1.29.1", charts={"repository": "https://charts.example.com"}), "base")
    assert (mirrored.chart, mirrored.version, mirrored.repository) == ("base", "1.29.1", "https://charts.example.com")
    oci = istio_chart(istio(version="1.29.1", charts={"oci": "oci://registry.example.com/charts"}), "istiod")
    assert (oci.chart, oci.version, oci.repository) == ("oci://registry.example.com/charts/istiod", "1.29.1", None)


@pytest.mark.parametrize(
    ("name", "folder"), [("base", "base"), ("istiod", "istio-control/istio-discovery"), ("gateway", "gateway")]
)
def test_a_folder_of_charts_is_laid_out_as_istios_release(name: str, folder: str) -> None:
    chart = istio_chart(istio(charts={"path": "./charts/"}), name)
    assert (chart.chart, chart.version, chart.repository) == (f"./charts/{folder}", None, None)


def test_an_addons_chart_is_the_tables_unless_the_file_names_a_version() -> None:
    assert addon_chart(PROMETHEUS, None).version == PROMETHEUS.version
    newer = addon_chart(PROMETHEUS, "99.0.0")
    assert (newer.chart, newer.version, newer.repository) == ("prometheus", "99.0.0", PROMETHEUS.repository)
