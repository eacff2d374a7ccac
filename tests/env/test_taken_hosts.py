"""Is a host that somebody serves already found, in the stack files of the folder and on a cluster?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.drift.stack_cluster import Named
from fairlead.env.command import up_environment
from fairlead.env.making import kept, made, restored, written
from fairlead.env.taken_hosts import own_hosts, taken_here, taken_on
from fairlead.env.wanted import Wanted
from fairlead.lifecycle.consent import Consent
from fairlead.terminal.errors import UserError
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import KIND
from tests.fixtures.placed import there, thing

APP = {"name": "web", "port": 80, "external": True, "gateways": ["front"], "hosts": ["Web.example.com", "*"]}
INSIDE = {"name": "in", "port": 80, "external": True, "hosts": ["in.example.com"]}
STACK = """\
config:
  fairlead:cluster: {{kubeconfig: {{context: {context}}}}}
  fairlead:gateways: [{{name: front, expose: clusterIP}}]
  fairlead:apps: [{{name: web, port: 80, external: true, gateways: [front], hosts: [{host}]}}]
"""
HOMES = [thing("v1", "Namespace", name) for name in ("front", "istio-system")]
NETWORKING = "networking.istio.io/v1"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for name in ("components", "fairlead_mesh"):
        (tmp_path / name).symlink_to(PROGRAM / name)
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copyfile(PROGRAM / name, tmp_path / name)
    for stack, context, host in (("dev", "kind", "web.example.com"), ("far", "other", "pr-1.web.example.com")):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(STACK.format(context=context, host=host))
    return tmp_path


@pytest.mark.mesh
def test_the_hosts_of_a_stack_are_those_at_its_gateways() -> None:
    config = well_formed({"cluster": KIND, "apps": [APP, INSIDE], "gateways": [{"name": "front"}]})
    assert own_hosts(config) == {"web.example.com"}


@pytest.mark.mesh
def test_a_host_of_another_stack_file_for_the_same_cluster_is_taken(folder: Path) -> None:
    hosts = {"pr-1.web.example.com", "web.example.com"}
    assert [*taken_here(folder, "pr-1", hosts, KIND)] == ["web.example.com is a host of Pulumi.dev.yaml"]
    assert [*taken_here(folder, "dev", hosts, KIND)] == []
    (folder / "Pulumi.broken.yaml").write_text("config: [")
    assert len([*taken_here(folder, "pr-1", hosts, KIND)]) == 1


@pytest.mark.mesh
def test_nothing_is_made_of_a_file_that_is_no_environment_or_of_no_source(folder: Path) -> None:
    wanted = Wanted("pr-1", "dev", owner="jane")
    with pytest.raises(UserError, match=r"Pulumi\.far\.yaml exists, and `fairlead env up` did not write it"):
        made(folder, Wanted("far", "dev"))
    with pytest.raises(UserError, match=r"no file .*Pulumi\.nowhere\.yaml"):
        made(folder, Wanted("pr-1", "nowhere"))
    written(folder, made(folder, wanted))
    again = made(folder, wanted)
    assert again.stack.own_keys()["lifecycle"]["owner"] == "jane"
    before = kept(folder, "pr-1")
    written(folder, made(folder, Wanted("pr-1", "dev", owner="joe")))
    restored(folder, "pr-1", before)
    assert "owner: jane" in (folder / "Pulumi.pr-1.yaml").read_text()
    restored(folder, "pr-1", {})
    assert not (folder / "Pulumi.pr-1.yaml").exists()


@pytest.mark.snapshot
def test_a_plan_prints_the_file_and_writes_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert up_environment(folder, Wanted("pr-1", "dev", owner="jane"), Named(), Consent(plan=True)) == 0
    assert "pr-1.web.example.com" in capsys.readouterr().out
    assert not (folder / "Pulumi.pr-1.yaml").exists()
    taken = Wanted("pr-1", "dev", owner="jane", overrides=("apps.web.hosts=[web.example.com]",))
    with pytest.raises(UserError, match=r"web\.example\.com is a host of Pulumi\.dev\.yaml"):
        up_environment(folder, taken, Named(), Consent(plan=True))


@pytest.fixture(scope="module", name="with_crds")
def _with_crds(api_server: ApiServer, live_cluster: LiveCluster, toolchain: Toolchain) -> Iterator[LiveCluster]:
    helm = Helm(toolchain.helm(), api_server.kubeconfig)
    for home in HOMES:
        live_cluster.apply(home)
    # Where the others install it, too: its CRDs stay, and remember the namespace of their release.
    helm.install("istio-base", "istio-system", toolchain.istio_charts() / "base", {}, skip_crds=False)
    live_cluster.wait_for_definitions(["virtualservices.networking.istio.io", "gateways.networking.istio.io"])
    yield live_cluster
    helm.uninstall("istio-base", "istio-system")
    for home in HOMES:
        live_cluster.delete(live_cluster.ref(home))
    assert live_cluster.wait_until_gone([live_cluster.ref(home) for home in HOMES]) == []


def routes(host: str, **labels: str) -> dict[str, Any]:
    spec = {"hosts": [host], "gateways": ["front/front"], "http": [{"route": [{"destination": {"host": "web"}}]}]}
    return thing(NETWORKING, "VirtualService", "web", "front", metadata={"labels": labels}, spec=spec)


@pytest.mark.apiserver
def test_a_host_of_somebody_elses_routes_or_gateway_is_taken_on_the_cluster(with_crds: LiveCluster) -> None:
    def taken(*shared: tuple[str, str]) -> list[str]:
        return [*taken_on(with_crds, "fairlead.pr-1", {"pr-1.example.com"}, shared)]

    with there(with_crds, routes("PR-1.example.com")):
        assert taken() == [f"pr-1.example.com is a host of VirtualService front/web, on {with_crds.host}"]
    with there(with_crds, routes("pr-1.example.com", **{"fairlead/stack": "fairlead.other"})):
        assert "of stack fairlead.other" in taken()[0]
    with there(with_crds, routes("pr-1.example.com", **{"fairlead/stack": "fairlead.pr-1"})):
        assert taken() == []
    with there(with_crds, routes("pr-2.example.com")):
        assert taken() == []
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["front/pr-1.example.com"]}
    with there(with_crds, thing(NETWORKING, "Gateway", "front", "front", spec={"servers": [server]})):
        assert taken() == [f"pr-1.example.com is a host of Gateway front/front, on {with_crds.host}"]
        assert taken(("front", "front")) == []
