"""Are files that are no objects yet told once? Charts, Kustomize folders, and values that another tool fills in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairlead.lint import kustomize
from fairlead.lint.object_lint import lint_objects

pytestmark = pytest.mark.mesh

ROUTES = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec: {hosts: [web], http: [{route: [{destination: {host: wbe}}]}]}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(folder: Path) -> list[tuple[str, str, str, int]]:
    return [
        (str(Path(each.file).relative_to(folder)), each.finding.rule, each.finding.severity, each.place.line)
        for each in lint_objects([str(folder)]).found
    ]


def test_a_chart_is_one_note_and_its_definitions_are_read(tmp_path: Path) -> None:
    write(tmp_path, web__Chart="name: web\n", web__templates__a="{{ .x }}\n", web__templates__b="a: {{ if }}\n")
    write(tmp_path, web__crds__routes=SERVICE + "---\n" + ROUTES)
    assert found(tmp_path) == [
        ("web/Chart.yaml", "chart", "info", 1),
        ("web/crds/routes.yaml", "destinations_exist", "error", 9),
    ]


def test_a_template_of_no_chart_is_one_note(tmp_path: Path) -> None:
    write(tmp_path, a="kind: {{ .Values.kind }}\n")
    assert found(tmp_path) == [("a.yaml", "template", "info", 1)]


def test_what_is_no_yaml_and_no_template_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, a="kind: [\n")
    assert found(tmp_path) == [("a.yaml", "yaml", "error", 2)]


@pytest.mark.parametrize("name", ["$NAME", "${NAME}", "$(NAME)", "<your name>", "web.NAME_SPACE.svc.cluster.local"])
def test_a_placeholder_is_one_note_a_file(tmp_path: Path, name: str) -> None:
    text = ROUTES.replace("host: wbe", f'host: "{name}"')
    write(tmp_path, routes=SERVICE + "---\n" + text)
    assert found(tmp_path) == [("routes.yaml", "template", "info", 9)]


def test_values_of_ytt_are_one_note_a_file(tmp_path: Path) -> None:
    text = ROUTES.replace("{hosts: [web], ", "\n  hosts:\n  - #@ data.values.host\n  ").replace(
        "\n  http: [", "\n  http: ["
    )
    write(tmp_path, routes=text.replace("]}\n", "]\n"))
    assert [each[1:3] for each in found(tmp_path)] == [("template", "info")]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    write(
        tmp_path,
        base__routes=ROUTES,
        base__service=SERVICE,
        base__kustomization="resources: [routes.yaml, service.yaml]\n",
    )
    patch = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: NodePort}\n"
    write(tmp_path, dev__patch=patch)
    write(tmp_path, dev__kustomization="resources: [../base]\npatches: [{path: patch.yaml}]\nnamePrefix: dev-\n")
    return tmp_path


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("kubectl") and not shutil.which("kustomize"), reason="no kubectl or kustomize")
def test_a_kustomize_folder_is_judged_as_it_is_rendered(overlay: Path) -> None:
    (hit,) = (each for each in lint_objects([str(overlay)]).found if each.finding.rule == "destinations_exist")
    assert (Path(hit.file).name, hit.place.line, hit.subject) == ("routes.yaml", 4, "VirtualService shop/dev-web")


def test_without_a_program_its_files_are_judged_less_the_patches(overlay: Path, monkeypatch) -> None:
    monkeypatch.setattr(kustomize, "_program", lambda: ())
    rules = [each[:2] for each in found(overlay)]
    assert rules == [("base/routes.yaml", "destinations_exist"), ("dev/kustomization.yaml", "kustomize")]


def test_what_kustomize_would_fetch_is_not_fetched(overlay: Path, monkeypatch) -> None:
    monkeypatch.setattr(kustomize, "_program", lambda: pytest.fail("it was rendered"))
    (overlay / "base" / "kustomization.yaml").write_text("resources: [github.com/someone/bases, routes.yaml]\n")
    (note,) = (each for each in lint_objects([str(overlay)]).found if each.finding.rule == "kustomize")
    assert "fetches github.com/someone/bases" in note.finding.message


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("kubectl") and not shutil.which("kustomize"), reason="no kubectl or kustomize")
def test_a_folder_that_cannot_be_built_is_told_with_the_cause(overlay: Path) -> None:
    write(overlay, base__again=SERVICE, base__kustomization="resources: [routes.yaml, service.yaml, again.yaml]\n")
    (note, *_) = (each for each in lint_objects([str(overlay)]).found if each.finding.rule == "kustomize")
    assert "already registered id: Service.v1.[noGrp]/web.shop)" in note.finding.message


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("kubectl") and not shutil.which("kustomize"), reason="no kubectl or kustomize")
def test_a_file_that_kustomize_leaves_out_for_another_is_no_conflict(overlay: Path) -> None:
    write(overlay, base__first=SERVICE.replace("port: 80", "port: 8080"))
    told = [each for each in lint_objects([str(overlay)]).found if each.finding.rule == "objects_are_defined_once"]
    assert [each.finding.severity for each in told] in ([], ["info"])
    write(
        overlay, base__kustomization="resources: [routes.yaml, service.yaml]\nnamespace: shop\n", dev__kustomization=""
    )
    (told,) = (
        each for each in lint_objects([str(overlay / "base")]).found if each.finding.rule == "objects_are_defined_once"
    )
    assert (told.finding.severity, told.finding.message.partition("; ")[2]) == (
        "info",
        "kubectl apply -k takes one of them",
    )


@pytest.mark.parametrize("host", ["{name}", "{name}.shop.svc"])
def test_a_name_in_braces_is_a_placeholder_too(tmp_path: Path, host: str) -> None:
    text = ROUTES.replace(
        "spec: {hosts: [web], http: [{route: [{destination: {host: wbe}}]}]}", "spec:\n  hosts: [web]"
    )
    write(tmp_path, routes=f"{SERVICE}---\n{text}  http:\n  - route:\n    - destination:\n        host: {host}\n")
    assert [each[1:3] for each in found(tmp_path)] == [("template", "info")]


def test_what_is_defined_twice_in_folders_of_one_is_an_info(tmp_path: Path) -> None:
    write(tmp_path, dev__service=SERVICE, prod__service=SERVICE.replace("80", "8080"))
    assert [each[1:3] for each in found(tmp_path)] == [("objects_are_defined_once", "info")]
    both = lint_objects([str(tmp_path / "dev"), str(tmp_path / "prod")]).found
    assert [(each.finding.rule, each.finding.severity) for each in both] == [("objects_are_defined_once", "warning")]


def test_a_file_that_a_kustomization_does_not_take_is_a_variant(overlay: Path, monkeypatch) -> None:
    monkeypatch.setattr(kustomize, "_program", lambda: ())
    write(overlay, base__other=SERVICE.replace("80", "8080"), base__more_patch=ROUTES.replace("name: web", "name: '*'"))
    told = {each[1]: each[2] for each in found(overlay) if each[0] != "base/routes.yaml"}
    assert told["objects_are_defined_once"] == told["names_are_within_limits"] == "info"
    assert {*told.values()} == {"info"}


@pytest.mark.parametrize(("routes", "severity"), [("", "info"), ("match: [{uri: {prefix: /cart}}], ", "error")])
def test_two_forms_of_the_routes_of_a_host_are_steps_and_two_parts_a_conflict(
    tmp_path: Path, routes: str, severity: str
) -> None:
    text = ROUTES.replace("wbe", "web").replace("{route:", f"{{{routes}route:")
    write(tmp_path, first=SERVICE + "---\n" + text, second=text.replace("name: web", "name: other"))
    (hit,) = (each for each in found(tmp_path) if each[1] == "mesh_hosts_have_one_virtual_service")
    assert hit[2] == severity


@pytest.mark.parametrize(("number", "severity"), [(2, "warning"), (3, "info")])
def test_files_that_define_several_objects_alike_are_applied_one_at_a_time(
    tmp_path: Path, number: int, severity: str
) -> None:
    services = [SERVICE.replace("name: web,", f"name: web{each},") for each in range(number)]
    write(tmp_path, all="---\n".join(services), phase="---\n".join(services).replace("80", "8080"))
    told = [each[2] for each in found(tmp_path) if each[1] == "objects_are_defined_once"]
    assert told == [severity] * number
