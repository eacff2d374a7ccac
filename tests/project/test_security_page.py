"""Does docs/security.md say what is so? What commands start and connect to, and what each workflow's token may do."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.__main__ import app
from tests.fixtures.audited import audited
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.runs.kubeconfig_files import kubeconfig_file

pytestmark = pytest.mark.mesh

PAGE = (PROGRAM / "docs" / "security.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((PROGRAM / ".github" / "workflows").glob("*.yml"))
MAY_START_OR_CONNECT = {
    # The API server, charts and clusters; git and other revisions; the Pulumi CLI.
    "fairlead/cluster/api_client.py",
    "fairlead/cluster/api_server.py",
    "fairlead/cluster/child.py",
    "fairlead/cluster/download.py",
    "fairlead/cluster/helm.py",
    "fairlead/cluster/probe.py",
    "fairlead/cluster/sessions.py",
    # Where the command is typed in a clone, which has its own.
    "fairlead/project/start.py",
    "fairlead/comparison/revision_python.py",
    "fairlead/lifecycle/engine/engine.py",
    "fairlead/lifecycle/engine/language_host.py",
    "fairlead/lifecycle/engine/pulumi_cli.py",
    # AWS; repositories of charts and addresses of addons.
    "fairlead/cloud/account.py",
    "fairlead/doctor/asking.py",
    "fairlead/doctor/web.py",
    "fairlead/versions/newest.py",
    # Requests to gateways, from this machine.
    "fairlead/verify/outside/exchange.py",
    "fairlead/verify/outside/peer.py",
    # It asks for the name of this machine.
    "fairlead/lifecycle/wholeness.py",
    # It runs kubectl kustomize, or kustomize build, on folders that were named.
    "fairlead/lint/kustomize.py",
    # Streams to pods: websockets of the API server, and ports of loopback that lead to pods.
    "fairlead/cluster/web_socket.py",
    "fairlead/verify/live/gateway_addresses.py",
    "fairlead/verify/live/pod_exec.py",
    "fairlead/verify/live/pod_http.py",
    "fairlead/verify/live/port_forward.py",
    # It reads a kubeconfig's contexts.
    "fairlead/drift/stack_cluster.py",
}
WAYS_OUT = re.compile(
    r"subprocess|socket|socketserver|http\.(client|server)|urllib\.request|urllib3|requests|httpx|aiohttp|"
    r"websocket|ftplib|smtplib|telnetlib|xmlrpc|multiprocessing|pty|grpc|boto3|botocore|kubernetes(\..*)?|pulumi\.automation"
)
CALLS_OUT = re.compile(
    r"os\.(system|popen|exec\w+|posix_spawn\w*|spawn\w+|fork\w*)|"
    r"asyncio\.(create_subprocess\w+|open_connection|open_unix_connection|start_server)"
)


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without its own head."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def row(command: str) -> dict[str, str]:
    names = ("command", "runs", "connects", "reads", "writes", "credentials")
    (found,) = [each for each in table("Commands") if f"`{command}`" in each[0].split(", ")]
    return dict(zip(names, found, strict=True))


def programs_of(command: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", row(command)["runs"])) | {"python"}


COMMANDS = {name for each in table("Commands") for name in re.findall(r"`fairlead (\w+)[^`]*`", each[0])}
QUIET = {
    "preview": ("preview", "--stack", "dev"),
    "render": ("render", "--stack", "dev", "--out", "{out}"),
    "lint": ("lint", "--stack", "dev"),
    "explain": ("explain", "--stack", "dev", "GET http://hello.dev.example.com/hello"),
    "shift": ("shift", "helloworld", "v2=50", "--dry-run", "--stack", "dev"),
    "maturity": ("maturity", "--stack", "dev"),
    "picture": ("picture", "--stack", "dev", "--out", "{out}"),
    "doctor": ("doctor", "--stack", "dev"),
    "verify --list": ("verify", "--list", "--stack", "dev"),
    "new": ("new", "{out}/mesh"),
    "init": ("init", "{out}/mesh", "--from-objects", "tests/fixtures/loopback/shop.yaml"),
    "schema": ("schema", "--out", "{out}/schema.json"),
}


def test_the_table_has_every_command() -> None:
    names = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    assert names | {str(each.name) for each in app.registered_groups} == COMMANDS


def test_what_the_page_calls_quiet_is_what_is_run_here() -> None:
    quiet = [each[0] for each in table("Commands") if each[2] == "nothing"]
    assert {name for each in quiet for name in re.findall(r"`fairlead (\w+(?: --list)?)`", each)} == QUIET.keys()


@pytest.mark.process
@pytest.mark.parametrize("command", QUIET)
def test_a_command_that_needs_nothing_starts_nothing_and_connects_to_nothing(command: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    run = audited(tmp_path / "log", *(word.format(out=out) for word in QUIET[command]))
    assert (run.code, run.programs, run.connections) == (0, set(), set()), run.said
    assert row(f"fairlead {command}")["runs"] == "nothing"
    assert bool(list(out.iterdir())) == bool(re.search("--out|empty folder", row(f"fairlead {command}")["writes"]))


@pytest.mark.process
def test_a_diff_starts_what_the_page_names_and_leaves_connections_to_it(tmp_path: Path) -> None:
    run = audited(tmp_path / "log", "diff", "--stack", "dev", "--base", "HEAD", path=os.environ["PATH"])
    assert run.code == 0, run.said
    assert "git" in run.programs <= programs_of("fairlead diff")
    assert run.connections == set()


@pytest.mark.process
def test_a_live_diff_connects_to_the_cluster_alone(tmp_path: Path) -> None:
    kubeconfig = kubeconfig_file(tmp_path, "it", server="http://127.0.0.1:9")
    options = ("diff", "--stack", "dev", "--live", "--kubeconfig", str(kubeconfig), "--context", "it")
    run = audited(tmp_path / "log", *options, path=os.environ["PATH"])
    assert run.code == 1, run.said
    assert run.programs <= programs_of("fairlead diff")
    assert run.connections == {"127.0.0.1"}


def ways_out(path: Path) -> bool:
    """Whether a file can start a program or open a connection by its own words."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    called = {ast.unparse(call.func) for call in calls}
    by_name = [
        call.args[0].value
        for call in calls
        if ast.unparse(call.func) in ("import_module", "importlib.import_module", "__import__")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    known = [name for name in [*names, *map(str, by_name)] if WAYS_OUT.fullmatch(name)]
    return bool(known) or any(CALLS_OUT.fullmatch(name) for name in called)


@pytest.mark.scale
def test_few_files_can_start_a_program_or_open_a_connection() -> None:
    code = [path for layer in ("fairlead_mesh", "components", "fairlead") for path in (PROGRAM / layer).rglob("*.py")]
    found = {str(path.relative_to(PROGRAM)) for path in [PROGRAM / "__main__.py", *code] if ways_out(path)}
    assert found == MAY_START_OR_CONNECT


def test_each_workflow_has_the_rights_that_the_page_says() -> None:
    told = {
        each[0].strip("`"): set(re.findall(r"`([a-z-]+: [a-z]+)`", each[2]))
        for each in table("What each workflow may do")
    }
    assert told == {path.name: rights(path) for path in WORKFLOWS}


def rights(path: Path) -> set[str]:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    given = [job.get("permissions") for job in workflow["jobs"].values()]
    return {f"{scope}: {right}" for each in given for scope, right in (each or {}).items()}
