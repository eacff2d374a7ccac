"""Is a file in fairlead_mesh/addons all that an addon takes? One that no list names, put beside the others."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairlead_mesh.addons.addons import KINDS, PRODUCTS
from fairlead_mesh.addons.product import OTHERS
from tests.fixtures.ci.scratch_repository import ScratchRepository
from tests.fixtures.evaluated import PROGRAM

LOG_STORE = '''"""What is a log store in a mesh?"""

from typing import ClassVar

from fairlead_mesh.addons.chart_addon import ChartAddon
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.product import NO_SIDECAR, Endpoint, Product
from fairlead_mesh.keys.section import merged
from fairlead_mesh.versions import Chart

CHART = Chart("loglines", "https://charts.invalid", "3.2.1", "2.0.0")


class LogStore(ChartAddon):
    """Logs of every proxy."""

    products = (
        Product("Log lines", CHART.name, chart=CHART, endpoint=Endpoint("log-store", 3100, 3100), keeps="logs"),
    )
    needs = {Grafana: "shows its logs to nobody"}
    secrets = {"logStoreToken": "Token of the store."}

    def chart_values(self, around):
        return merged({"service": {"type": self.service_type}, "podLabels": NO_SIDECAR}, self.values)

    def objects(self):
        metadata = {"name": "log-store-rules", "namespace": self.namespace}
        return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}}]
'''
CLUSTER = "config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n"
WITH = (
    CLUSTER + "  fairlead:addons: {grafana: {}, prometheus: {}, logStore: {namespace: logs, serviceType: NodePort}}\n"
)
WITHOUT = CLUSTER + "  fairlead:addons: {grafana: {}, prometheus: {}}\n"
WRONG = (
    CLUSTER
    + "  fairlead:addons: {logStore: {version: 1.0.0, namespace: logs}}\n"
    + "  fairlead:gateways: [{name: log-store, namespace: logs, expose: clusterIP}]\n"
)
UNREACHABLE = """
from pathlib import Path
from fairlead.cluster.charts import ChartUnavailableError
from fairlead.demo.config import on_server
from fairlead.demo.unreachable import addons_without_chart
from fairlead.evaluation.evaluation import evaluate
from fairlead.yaml_files.stack_reader import read_stack_file

class Nowhere:
    def find(self, inputs):
        raise ChartUnavailableError("no network")

file = read_stack_file(Path(), stack="with")
skipped = addons_without_chart(evaluate(Path().resolve(), file), Nowhere())
there = on_server(file, kubeconfig=Path("k"), context="demo", charts=None, wait=False, skipped=skipped)
releases = [each.name for each in evaluate(Path().resolve(), there).resources if each.is_release]
print(sorted(skipped), releases)
"""


@pytest.fixture(scope="module", name="copy")
def _copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with one more addon; nothing else of it is touched."""
    repository = ScratchRepository(tmp_path_factory.mktemp("addon") / "program")
    repository.write("fairlead_mesh/addons/log_store.py", LOG_STORE)
    for name, text in (("with", WITH), ("without", WITHOUT), ("wrong", WRONG)):
        repository.write(f"Pulumi.{name}.yaml", text)
    return repository.folder


def run(copy: Path, *arguments: str) -> str:
    ran = subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.stdout


def fairlead(copy: Path, *arguments: str) -> str:
    return run(copy, "-m", "fairlead", *arguments)


@pytest.mark.snapshot
@pytest.mark.process
def test_it_is_installed_where_its_section_says(copy: Path) -> None:
    preview: dict[str, Any] = json.loads(fairlead(copy, "preview", "--stack", "with", "--json"))
    found = {each["name"]: each for each in preview["resources"]}
    [release] = [each for each in preview["resources"] if each["name"] == "log-store" and "chart" in each["inputs"]]
    assert (release["inputs"]["chart"], release["inputs"]["version"]) == ("loglines", "3.2.1")
    assert release["inputs"]["values"]["service"] == {"type": "NodePort"}
    assert release["parent"].endswith("fairlead:components:LogStore::log-store")
    assert {"logs", "log-store-rules-configmap", "log-store-networkpolicy"} <= found.keys()
    assert preview["outputs"]["addons"]["logStore"] == {
        "url": "http://localhost:3100",
        "command": "kubectl -n logs port-forward svc/log-store 3100:3100",
    }


@pytest.mark.snapshot
@pytest.mark.process
def test_its_picture_has_a_tile_of_it_and_no_app(copy: Path) -> None:
    fairlead(copy, "picture", "--stack", "with", "--out", "build")
    drawing = (copy / "build" / "with.svg").read_text(encoding="utf-8")
    assert "Log lines" in drawing
    assert "open by NodePort" in drawing


@pytest.mark.snapshot
@pytest.mark.process
def test_lint_judges_it(copy: Path) -> None:
    findings = json.loads(fairlead(copy, "lint", "--stack", "wrong", "--format", "json", "--fail-on", "never"))
    said = {each["rule"]: each["message"] for each in findings["findings"]}
    assert "logStore needs a Grafana, and shows its logs to nobody without one" in said["addons_have_what_they_show"]
    assert "before 2.0.0" in said["charts_know_their_values"]
    assert "is the release of another chart in logs" in said["releases_have_names_of_their_own"]


@pytest.mark.snapshot
@pytest.mark.process
def test_a_diff_tells_of_it(copy: Path) -> None:
    assert "Log lines: uninstalled together with its logs" in removed(copy)


def removed(copy: Path) -> str:
    stack = copy / "Pulumi.changing.yaml"
    stack.write_text(WITH, encoding="utf-8")
    git = ["git", "-C", str(copy), "-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "With it"], check=True)
    stack.write_text(WITHOUT, encoding="utf-8")
    return fairlead(copy, "diff", "--stack", "changing", "--base", "HEAD")


@pytest.mark.snapshot
@pytest.mark.process
def test_the_demo_does_without_its_chart_where_it_cannot_be_had(copy: Path) -> None:
    out = run(copy, "-c", UNREACHABLE)
    assert out.strip() == "['grafana', 'logStore', 'prometheus'] ['istio-base', 'istiod']"


@pytest.mark.snapshot
@pytest.mark.process
def test_editors_and_the_reference_know_its_keys(copy: Path) -> None:
    schema = json.loads(fairlead(copy, "schema"))
    assert {"logStore", "prometheus"} <= schema["definitions"]["Addons"]["properties"].keys()
    assert "fairlead:logStoreToken" in schema["properties"]["config"]["properties"]


@pytest.mark.mesh
def test_the_table_of_charts_beside_the_mesh_repeats_no_addon() -> None:
    ours = {product.name for kind in KINDS for product in kind.products}
    assert not ours & {product.name for product in OTHERS}
    assert PRODUCTS.keys() == ours | {product.name for product in OTHERS}


@pytest.mark.mesh
def test_every_chart_of_the_table_of_versions_reads_the_values_written_here() -> None:
    for kind in KINDS:
        for chart in (product.chart for product in kind.products if product.chart):
            assert [int(part) for part in chart.version.split(".")] >= [int(part) for part in chart.oldest.split(".")]


@pytest.mark.mesh
def test_no_other_file_names_an_addon() -> None:
    names = {f'"{product.name}"' for kind in KINDS for product in kind.products if product.chart}
    names |= {f"addons.{kind.field}" for kind in KINDS}
    # Of Pulumi's providers, those that a Telemetry names and Grafana's data sources, one is called as an addon is.
    providers = {
        PROGRAM / "fairlead_mesh" / "keys" / "stack_keys.py",
        PROGRAM / "fairlead_mesh" / "dashboards" / "board.py",
        PROGRAM / "fairlead_mesh" / "telemetry" / "labels.py",
        *(PROGRAM / "fairlead_mesh" / "lint" / "telemetry").glob("*.py"),
    }
    own = {PROGRAM / "fairlead_mesh" / "versions.py", *providers, *(PROGRAM / "fairlead_mesh" / "addons").glob("*.py")}
    others = {
        path for folder in ("fairlead_mesh", "components", "fairlead") for path in (PROGRAM / folder).rglob("*.py")
    } - own
    for path in sorted(others):
        text = path.read_text(encoding="utf-8")
        assert not [name for name in sorted(names) if re.search(rf"{re.escape(name)}(?!\w)", text)], path
