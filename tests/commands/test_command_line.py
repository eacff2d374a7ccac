"""What do people see when they type a command, right or wrong?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.snapshot

GOOD = "config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n"


def test_preview_shows_the_tree_and_what_it_cannot_know(command) -> None:
    code, out, err = command("preview", "--stack", "dev")
    assert (code, err) == (0, "")
    assert f"Helm release of istiod {ISTIO_VERSION} in istio-system  after istio-base" in out
    assert "created unless already open" in out
    assert "What AWS answers (getCluster)" in out
    assert "\x1b[" not in out


def test_json_forms_urns_as_the_engine_does(command) -> None:
    _, out, _ = command("preview", "--stack", "dev", "--json")
    resources = {each["name"]: each for each in json.loads(out)["resources"]}
    assert resources["istiod"]["urn"] == (
        "urn:pulumi:dev::fairlead::fairlead:components:ControlPlane$kubernetes:helm.sh/v3:Release::istiod"
    )
    assert resources["fairlead-dev"]["urn"] == "urn:pulumi:dev::fairlead::pulumi:pulumi:Stack::fairlead-dev"


def test_an_override_reaches_the_program(command) -> None:
    code, out, _ = command(
        "preview",
        "--config-file",
        "examples/minikube.yaml",
        *("--set", "cluster.kubeconfig.context=elsewhere", "--set", "gateways.istio-ingress.expose=clusterIP"),
    )
    assert code == 0
    assert "provider, elsewhere" in out


def test_render_writes_one_file_a_resource_and_replaces_an_earlier_rendering(command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert command("render", "--stack", "dev", "--out", str(out))[0] == 0
    assert (out / "objects" / "hello-virtualservice-helloworld.yaml").is_file()
    assert command("render", "--config-file", "examples/membership.yaml", "--out", str(out))[0] == 0
    assert not (out / "objects" / "hello-virtualservice-helloworld.yaml").exists()
    listed = (out / "order.txt").read_text().splitlines()
    assert sorted(listed) == sorted(str(file.relative_to(out)) for file in out.glob("*/*.yaml"))
    assert [*tmp_path.iterdir()] == [out]


def test_render_and_picture_share_a_folder_with_files_of_anybody(command, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    for arguments in (("picture",), ("render",), ("picture",), ("render",)):
        assert command(*arguments, "--stack", "dev", "--out", str(tmp_path))[0] == 0
    (tmp_path / "objects" / "own.yaml").write_text("mine")
    assert command("render", "--config-file", "examples/membership.yaml", "--out", str(tmp_path))[0] == 0
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    listed = (tmp_path / "order.txt").read_text().splitlines()
    assert left == {*listed, "order.txt", "precious", "dev.svg", "dev.html", "objects/own.yaml"}


@pytest.mark.parametrize("name", ["objects/hello-virtualservice-helloworld.yaml", "order.txt"])
def test_render_replaces_no_file_that_it_did_not_write(command, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("../mine\n")
    code, _, err = command("render", "--stack", "dev", "--out", str(tmp_path))
    assert code == 1
    assert f"{name} exists and was not written by render" in err
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()] == [name]


def test_a_stack_that_does_not_exist_names_those_that_do(command) -> None:
    code, out, err = command("preview", "--stack", "prod")
    assert (code, out) == (1, "")
    assert "Pulumi.prod.yaml" in err
    assert "dev, local" in err


def test_no_stack_at_all_is_a_wrong_use_and_names_those_of_the_folder(command) -> None:
    code, _, err = command("preview")
    assert code == 2
    assert "name a stack (dev, local), or a stack file with --config-file" in _unboxed(err)


def test_lint_and_explain_without_a_stack_also_name_what_else_they_take(command, tmp_path: Path) -> None:
    for asked in (["lint"], ["explain", "GET http://web.shop/"]):
        code, _, err = command(*asked, "--cwd", str(tmp_path))
        assert code == 2
        assert "name a stack, a stack file with --config-file, or YAML files with --objects" in _unboxed(err)


def _unboxed(text: str) -> str:
    return " ".join(text.replace("\u2502", " ").split())


def test_the_version_of_a_clone_is_where_it_is(command) -> None:
    code, out, _ = command("--version")
    assert (code, out) == (0, f"fairlead of the clone {PROGRAM}\n")


@pytest.mark.process
def test_a_shell_completes_the_stacks_of_the_folder(tmp_path: Path) -> None:
    for name in ("dev", "demo", "prod"):
        (tmp_path / f"Pulumi.{name}.yaml").write_text(GOOD)
    words = f"fairlead lint --cwd {tmp_path} --stack de"
    asked = {"_FAIRLEAD_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    command = [sys.executable, "-m", "fairlead"]
    done = subprocess.run(command, env=os.environ | asked, cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["demo", "dev"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: [", ":1:10: the text ends before a [ or { is closed.\nClose it."),
        ("config:\n  a: b: c\n", ":2:7: a second colon on this line.\nPut the value in quotes."),
        ("- config", "a stack file is a map"),
        ("config: 3", "config is not a map"),
        ("", "fairlead:cluster\n      is missing"),
        (GOOD + "  fairlead:gatway: []\n", "did you mean gateways?"),
        (GOOD + "  fairlead:istio: {version: 1.3}\n", "put it in quotes, in full"),
    ],
)
def test_a_wrong_stack_file_is_one_message_with_its_place(command, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(text)
    code, out, err = command("preview", "--config-file", str(file))
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("cluster", "is not path=value"),
        ("gateways.nope.expose=internal", "the list has no item nope; its items are 0 to 0"),
        ("wait.long=true", "is a plain value"),
        ("istio.version=[", "the value is not valid YAML"),
    ],
)
def test_a_wrong_override_is_one_message(command, override: str, said: str) -> None:
    code, _, err = command("preview", "--stack", "dev", "--set", "wait=true", "--set", override)
    assert code == 1
    assert said in err


@pytest.mark.process
def test_the_program_runs_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fairlead", "preview", "--cwd", str(PROGRAM), "--stack", "local"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROGRAM), "PATH": ""},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ControlPlane control-plane" in done.stdout


@pytest.mark.process
def test_without_the_pulumi_cli_one_line_says_what_to_do(tmp_path: Path) -> None:
    if shutil.which("pulumi"):
        pytest.skip("the pulumi CLI is on PATH")
    done = subprocess.run(
        [sys.executable, "-m", "fairlead.lifecycle.engine.pulumi_cli", "version"],
        capture_output=True,
        text=True,
        cwd=PROGRAM,
        # Nothing can be downloaded through a proxy that is not there.
        env={"HOME": str(tmp_path), "PATH": "", "https_proxy": "http://127.0.0.1:9"},
        check=False,
    )
    assert done.returncode == 1
    assert "is not on PATH: installing" in done.stderr
    assert "Install the Pulumi CLI by hand" in done.stderr
    assert "Traceback" not in done.stderr
