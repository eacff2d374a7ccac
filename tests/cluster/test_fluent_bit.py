"""Does a real Fluent Bit do with lines what its configuration is for? Where `fluent-bit` is on PATH."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from fairlead_mesh.addons.fluent_bit import FluentBit
from fairlead_mesh.addons.surroundings import Surroundings
from tests.fixtures.stacks.log_lines import AS_JSON, CONNECTION, OF_THE_AGENT, REQUEST

FLUENT_BIT = shutil.which("fluent-bit")
pytestmark = [
    pytest.mark.mesh,
    pytest.mark.process,
    pytest.mark.skipif(FLUENT_BIT is None, reason="fluent-bit is not on PATH"),
]
ID = "0123456789abcdef" * 4
LINES = {
    f"web-1_shop_istio-proxy-{ID}.log": [REQUEST, CONNECTION, AS_JSON, OF_THE_AGENT],
    f"web-1_shop_app-{ID}.log": ["started"],
    f"fluent-bit-x_fluent-bit_fluent-bit-{ID}.log": ["its own"],
}
SECONDS = 4
ROLE = "arn:aws:iam::123456789012:role/logs"
STORES: list[dict[str, Any]] = [
    {},
    {"cloudWatch": {"logGroup": "/mesh", "role": ROLE, "retentionDays": 7}},
    {"openSearch": {"url": "https://logs.example.com/base", "secret": "login"}},
    {"openSearch": {"url": "https://logs.example.com", "podIdentity": True}},
    {"loki": {"url": "http://loki.logs:3100", "secret": "login", "tenant": "mesh"}},
]
Run = Callable[..., list[dict[str, Any]]]


class Server(ThreadingHTTPServer):
    """Kubernetes' API, which knows one pod, and Loki, which takes what is pushed."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.pushed: list[tuple[dict[str, str], dict[str, Any]]] = []


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        labels = {"app": "web", "version": "v1"}
        pod = {"metadata": {"name": "web-1", "namespace": "shop", "labels": labels}, "spec": {"nodeName": "node-1"}}
        self._answer(200 if self.path.endswith("/namespaces/shop/pods/web-1") else 404, pod)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Server)
        self.server.pushed.append((dict(self.headers), json.loads(body)))
        self._answer(204, None)

    def _answer(self, status: int, said: Any) -> None:
        text = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the class above calls them
        """Says nothing."""


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with Server() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def api_of_kubernetes(folder: Path, url: str) -> str:
    """Where it asks whose lines they are, and what a pod has to ask with."""
    for name, text in (("namespace", "shop"), ("token", "t")):
        (folder / name).write_text(text, encoding="utf-8")
    files = {"Kube_Namespace_File": folder / "namespace", "Kube_Token_File": folder / "token", "Kube_URL": url}
    return "".join(f"    {key} {value}\n" for key, value in files.items())


def configuration(folder: Path, api: str, formats: tuple[str, ...], keys: dict[str, Any]) -> Path:
    """Of the chart's values: its parts after the service that the chart begins with, with files of this machine."""
    around = Surroundings(region="eu-west-1", log_formats=frozenset(formats))
    parts = FluentBit.model_validate(keys).chart_values(around)["config"]
    (folder / "parsers.conf").write_text(parts["customParsers"], encoding="utf-8")
    service = f"[SERVICE]\n    Flush 1\n    Parsers_File {folder / 'parsers.conf'}\n"
    text = "\n".join([service, parts["inputs"], parts["filters"], parts["outputs"]])
    for old, new in (
        (".var.log.containers.", f"{str(folder).replace('/', '.')}."),
        ("/var/log/containers", str(folder)),
        ("/var/lib/fluent-bit", str(folder)),
        ("    Name tail\n", "    Name tail\n    Read_from_Head On\n"),
        ("    Name kubernetes\n", f"    Name kubernetes\n{api_of_kubernetes(folder, api)}"),
    ):
        text = text.replace(old, new)
    path = folder / "fluent-bit.conf"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(name="run")
def _run(tmp_path: Path, server: Server) -> Run:
    for name, lines in LINES.items():
        text = "".join(f"2026-11-30T18:00:03.000000000Z stdout F {line}\n" for line in lines)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*formats: str, **keys: Any) -> list[dict[str, Any]]:
        path = configuration(tmp_path, f"http://127.0.0.1:{server.server_port}", formats, keys)
        environment = {"LOG_USERNAME": "mesh", "LOG_PASSWORD": "word", "HOSTNAME": "web-1"}
        with subprocess.Popen(
            [str(FLUENT_BIT), "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        ) as process:
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.terminate()
            out, _ = process.communicate()
        return [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]

    return run


@pytest.mark.parametrize("keys", STORES, ids=lambda keys: "-".join(keys) or "stdout")
def test_it_knows_every_option(tmp_path: Path, keys: dict[str, Any]) -> None:
    path = configuration(tmp_path, "http://127.0.0.1:1", ("json", "text"), {**keys, "apps": True})
    ran = subprocess.run(
        [str(FLUENT_BIT), "--dry-run", "-c", str(path)], capture_output=True, text=True, check=False, timeout=30
    )
    assert ran.returncode == 0, ran.stderr
    path.write_text(path.read_text(encoding="utf-8") + "    no_such_option 1\n", encoding="utf-8")
    ran = subprocess.run([str(FLUENT_BIT), "--dry-run", "-c", str(path)], capture_output=True, check=False, timeout=30)
    assert ran.returncode != 0, "it would not have noticed"


def test_access_logs_of_both_formats_become_fields_of_the_same_names(run: Run) -> None:
    found = run("json", "text")
    assert len(found) == 4
    request, connection, as_json, other = found
    assert (request["method"], request["path"], request["response_code"]) == ("GET", "/hello?x=1", 200)
    assert (request["duration"], request["user_agent"]) == (12, "curl/8.5.0 (x; y)")
    assert (connection["response_flags"], connection["response_code"]) == ("UF", 0)
    assert (as_json["response_code"], as_json["duration"]) == (503, 7)
    assert other["log"] == OF_THE_AGENT
    assert not [each for each in (request, connection, as_json) if "log" in each]
    assert request["kubernetes"]["labels"] == {"app": "web", "version": "v1"}


def test_what_is_not_parsed_stays_one_line(run: Run) -> None:
    assert [each.get("log") for each in run("json")] == [REQUEST, CONNECTION, None, OF_THE_AGENT]


def test_other_containers_are_read_but_its_own(run: Run) -> None:
    found = [each for each in run("json", apps=True) if each["kubernetes"]["container_name"] != "istio-proxy"]
    assert [each["log"] for each in found] == ["started"]


def test_loki_gets_lines_with_labels_and_a_login(run: Run, server: Server) -> None:
    run("json", "text", loki={"url": f"http://127.0.0.1:{server.server_port}", "secret": "login", "tenant": "mesh"})
    [headers, body] = server.pushed[0]
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"mesh:word"
    assert headers["X-Scope-OrgID"] == "mesh"
    stream = body["streams"][0]
    assert stream["stream"] == {"job": "fluent-bit", "namespace": "shop", "pod": "web-1", "container": "istio-proxy"}
    assert json.loads(stream["values"][0][1])["response_code"] == 200
