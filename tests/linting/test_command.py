"""What does `lint` say, in every format, and what when it is used wrongly?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fairlead.lint.rule_page import rule_pages
from fairlead.lint.stack_lint import lint_stack
from fairlead_mesh.lint.rule import CONFIG_RULES, OBJECT_RULES
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.lint_input import ROUTES, RULE, SERVICE, of_json

pytestmark = pytest.mark.mesh


def test_standard_input_is_a_file_named_with_a_dash(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ROUTES.encode())))
    code, out, _ = command("lint", "--objects", "-", "--format", "json")
    (finding,) = of_json(out)
    assert (code, finding["file"], finding["line"]) == (1, "-", 9)


def test_files_and_folders_are_one_world(command, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "service.yml").write_text(SERVICE)
    (tmp_path / "deep" / "notes.txt").write_text("a: [")
    (tmp_path / "routes.yaml").write_text(ROUTES)
    _, alone, _ = command("lint", "--objects", str(tmp_path / "routes.yaml"), "--format", "json")
    _, both, _ = command("lint", "--objects", str(tmp_path / "routes.yaml"), str(tmp_path / "deep"), "--format", "json")
    _, folder, _ = command("lint", "--objects", str(tmp_path), "--format", "json")
    _, twice, _ = command("lint", "--objects", str(tmp_path), "--objects", str(tmp_path), "--format", "json")
    assert len(of_json(alone)) == 1
    assert of_json(both) == of_json(folder) == of_json(twice) == []
    assert json.loads(twice)["summary"]["lookedAt"] == "3 objects in 2 files"


def test_an_item_of_a_list_is_found_at_its_line(command, tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    routes = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "routes", "namespace": "web"},
        "spec": {"hosts": ["a.example.com"], "http": [{"route": [{"destination": {"host": "nowhere"}}]}]},
    }
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "other", "namespace": "web"}}
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [service, routes]}, indent=1))
    _, out, _ = command("lint", "--objects", str(file), "--format", "json")
    (finding,) = of_json(out)
    line = file.read_text().splitlines()[finding["line"] - 1]
    assert line[finding["column"] - 1 :].startswith('"nowhere"')
    assert finding["path"] == "spec.http[0].route[0].destination.host"


def test_what_is_no_object_is_skipped_and_counted(command, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("replicas: 3\n---\n---\n# nothing\n---\n- a\n---\njust words\n")
    code, out, _ = command("lint", "--objects", str(tmp_path))
    assert code == 0
    assert out == "0 objects in 1 file, 3 other documents: 0 errors, 0 warnings, 0 infos, 0 silenced\n"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: [\n", 3, 1),
        ("a: !unknown 1\n", 1, 4),
        ("a: &a [*a]\n", 1, 4),
        ("a: *nowhere\n", 1, 4),
        ("? [a]\n: b\n", 1, 3),
    ],
)
def test_broken_yaml_is_a_finding_with_its_place(command, tmp_path: Path, text: str, line: int, column: int) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    (tmp_path / "routes.yaml").write_text(ROUTES)
    code, out, _ = command("lint", "--objects", str(tmp_path), "--format", "json")
    (broken,) = of_json(out, "yaml")
    assert code == 1
    assert (broken["line"], broken["column"], broken["severity"]) == (line, column, "error")
    assert len(of_json(out)) == 1


def test_a_file_of_bytes_is_a_finding(command, tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    code, out, _ = command("lint", "--objects", str(tmp_path), "--format", "json")
    assert (code, len(of_json(out, "yaml"))) == (1, 1)


@pytest.mark.parametrize("fail_on", ["error", "warning", "info", "never"])
def test_a_clean_mesh_never_fails(command, tmp_path: Path, fail_on: str) -> None:
    (tmp_path / "service.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n")
    assert command("lint", "--objects", str(tmp_path), "--fail-on", fail_on)[0] == 0


def test_never_is_never(command, routes: Path) -> None:
    assert command("lint", "--objects", str(routes), "--fail-on", "never")[0] == 0


def test_a_warning_fails_where_it_was_told_to(command, tmp_path: Path) -> None:
    stack = tmp_path / "stack.yaml"
    app = "{name: web, namespace: web, port: 80, hosts: [web.example.com], gateways: [edge]}"
    keys = ["cluster: {kubeconfig: {context: kind}}", "gateways: [{name: edge, expose: clusterIP}]", f"apps: [{app}]"]
    stack.write_text("\n".join(["config:", *(f"  fairlead:{key}" for key in keys), ""]))
    _, out, _ = command("lint", "--config-file", str(stack), "--format", "json")
    assert {each["severity"] for each in json.loads(out)["findings"]} == {"warning"}
    codes = [
        command("lint", "--config-file", str(stack), "--fail-on", each)[0] for each in ("error", "warning", "info")
    ]
    assert codes == [0, 1, 1]


def test_the_mesh_config_says_which_namespace_is_the_root(command, tmp_path: Path) -> None:
    rule = "mtls_policies_of_the_root_namespace_hold_for_all"
    objects = tmp_path / "objects.yaml"
    objects.write_text(
        "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a, namespace: home}\n"
        "spec: {selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}}\n"
    )
    plain = "rootNamespace: home\n"
    forms = {
        "plain": plain,
        "values": "meshConfig: {rootNamespace: home}\n",
        "map": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: istio}}\ndata:\n  mesh: |\n    {plain}",
        "operator": "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n"
        "spec: {meshConfig: {rootNamespace: home}}\n",
    }
    assert command("lint", "--objects", str(objects), "--format", "json")[1].count(rule) == 0
    for name, text in forms.items():
        config = tmp_path / f"{name}.txt"
        config.write_text(text)
        _, out, _ = command("lint", "--objects", str(objects), "--mesh-config", str(config), "--format", "json")
        assert len(of_json(out, rule)) == 1, name


def test_findings_come_by_file_line_column_and_rule(command) -> None:
    _, out, _ = command("lint", "--objects", "tests/lint", "--format", "json")
    found = [(each["file"], each["line"], each["column"], each["rule"]) for each in json.loads(out)["findings"]]
    assert found == sorted(found)
    assert command("lint", "--objects", "tests/lint", "--format", "json")[1] == out


def test_a_rule_is_explained_by_its_name_and_by_a_peers_code(command) -> None:
    code, out, _ = command("lint", "--explain", RULE)
    assert code == 0
    assert out.startswith(f"{RULE}\n")
    assert "IST0101, KIA1101" in out
    assert OBJECT_RULES[RULE].documentation.splitlines()[0] in out
    _, by_code, _ = command("lint", "--explain", "KIA1101")
    assert out.strip() in by_code


def test_the_list_has_every_rule(command) -> None:
    code, out, _ = command("lint", "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(rule_pages())
    assert {*CONFIG_RULES, *OBJECT_RULES} < set(rule_pages())
    _, as_json, _ = command("lint", "--list", "--format", "json")
    assert [each["rule"] for each in json.loads(as_json)] == list(rule_pages())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--stack"),
        (["--objects", "gone.yaml"], "There is no file or folder gone.yaml"),
        (["--objects", ".github/workflows/none"], "There is no file or folder"),
        (["--objects", "fairlead/cluster"], "There is no .yaml, .yml, .json file"),
        (["--objects", "examples", "--stack", "dev"], "--objects"),
        (["--stack", "dev", "--mesh-config", "README.md"], "--mesh-config"),
        (["--objects", "examples", "--mesh-config", "gone.yaml"], "There is no file gone.yaml"),
        (["--objects", "examples", "--mesh-config", "README.md"], "README.md"),
        (["--stack", "prod"], "Pulumi.prod.yaml"),
        (["--stack", "dev", "--format", "xml"], "xml is not one of text, json, sarif, github"),
        (["--stack", "dev", "--fail-on", "all"], "all is not one of error, warning, info, never"),
        (["--explain", "destination_exist"], "Did you mean destinations_exist?"),
        (["--explain", "nothing-like-it-at-all"], "--list shows every rule"),
        (["examples"], "--objects"),
    ],
)
def test_wrong_use_is_one_message_and_exit_code_2(command, arguments: list[str], said: str) -> None:
    code, out, err = command("lint", *arguments)
    assert (code, out) == (2, "")
    assert said in " ".join(err.replace("│", " ").split())


@pytest.mark.process
def test_it_loads_neither_pulumi_nor_anything_else_that_takes_long() -> None:
    program = (
        "import sys\nfrom fairlead.__main__ import main\n"
        "sys.argv = ['fairlead', 'lint', '--stack', 'dev']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print([name for name in ('grpc', 'kubernetes', 'pulumi', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROGRAM, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.scale
def test_a_thousand_apps_take_seconds(tmp_path: Path) -> None:
    app = {"port": 80, "gateways": ["edge", "mesh"], "external": True, "versions": [{"name": "v1"}, {"name": "v2"}]}
    apps = [
        {**app, "name": f"app-{number}", "hosts": [f"app-{number}.example.com"], "routes": [{"weights": {"v1": 100}}]}
        for number in range(1000)
    ]
    keys = {"cluster": {"kubeconfig": {"context": "kind"}}, "gateways": [{"name": "edge", "expose": "clusterIP"}]}
    stack = tmp_path / "stack.yaml"
    stack.write_text(json.dumps({"config": {**keys, "apps": apps}}))
    begin = time.process_time()
    found = lint_stack(PROGRAM, config_file=stack).found
    # Twice the time that docs/benchmarks.md promises: machines differ, and comparing every pair would take minutes.
    assert time.process_time() - begin < 4
    assert {each.finding.severity for each in found} <= {"info", "warning"}
