"""What does somebody read who types `doctor`? Lines, JSON and JUnit of the same diagnosis, and its exit code."""

from __future__ import annotations

import http.server
import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.doctor.doctor import CHECKS
from fairlead.doctor.finding import Diagnosis, failed, ok, warning
from fairlead.doctor.reports import junit_report, text_lines
from fairlead.terminal.errors import UserError
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.examined import examined, seen
from tests.fixtures.runs.kubeconfig_files import NOWHERE, kubeconfig_file

pytestmark = pytest.mark.snapshot

Command = Callable[..., tuple[int, str, str]]
FOUND = [
    Diagnosis("one", ok("fine")),
    Diagnosis("two", warning("may\ngo wrong", "look")),
    Diagnosis("three", failed("is <wrong>", "mend\nit")),
]


def test_every_file_of_a_check_is_asked() -> None:
    files = {path.stem for path in (PROGRAM / "fairlead" / "doctor" / "checks").glob("*_check.py")}
    assert {f"{each.name.replace(' ', '_')}_check" for each in CHECKS} == files


def test_without_live_nothing_but_this_machine_is_looked_at(command: Command) -> None:
    code, out, _ = command("doctor", "--stack", "dev")
    assert code == 0
    assert "ok       installed packages: all" in out
    assert "skipped  cluster: it is asked with --live" in out
    assert "skipped  aws account: AWS is asked with --live" in out


def test_json_has_every_check_with_its_verdict(command: Command) -> None:
    code, out, _ = command("doctor", "--stack", "dev", "--format", "json")
    found = json.loads(out)
    assert (code, found["stack"]) == (0, "dev")
    assert {each["check"] for each in found["checks"]} == {each.name for each in CHECKS}
    assert {frozenset(each) for each in found["checks"]} == {frozenset({"check", "verdict", "seen", "remedy"})}


def test_a_stack_file_that_is_no_mesh_is_the_cause(command: Command) -> None:
    code, out, _ = command("doctor", "--stack", "dev", "--set", "istio.version=soon")
    assert code == 1
    assert out.startswith("FAILED   stack file: ")
    assert "istio.version" in out
    assert out.endswith("1 failed\n")


def test_a_cluster_that_does_not_answer_is_said_once(command: Command, tmp_path: Path) -> None:
    nowhere = {"repository": NOWHERE}
    stack = {"kubeconfig": {"path": str(kubeconfig_file(tmp_path, "c", bearer="t")), "context": "c"}}
    file = tmp_path / "Pulumi.gone.yaml"
    file.write_text(
        json.dumps({"config": {"fairlead:cluster": stack, "fairlead:istio": {"charts": nowhere}}}), encoding="utf-8"
    )
    code, out, _ = command("doctor", "--config-file", str(file), "--live")
    assert code == 1
    assert out.count("FAILED") == len(("chart repositories", "cluster"))
    assert "FAILED   cluster: https://127.0.0.1:1 cannot be reached" in out
    assert "skipped  rights: the cluster does not answer" in out


def test_a_remedy_is_a_line_below_and_text_stays_on_its_lines() -> None:
    assert [line for each in FOUND for line in text_lines(each)] == [
        "ok       one: fine",
        "warning  two: may",
        "         go wrong",
        "         -> look",
        "FAILED   three: is <wrong>",
        "         -> mend it",
    ]


def test_junit_counts_what_failed() -> None:
    suite = ET.fromstring(junit_report("dev", FOUND))  # noqa: S314 - written here
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "0")
    (failure,) = suite.iter("failure")
    assert (failure.get("message"), failure.text) == ("is <wrong>", "mend\nit")


def test_what_cannot_be_looked_at_is_a_warning_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.doctor import doctor  # noqa: PLC0415 - its list of checks is changed

    def refused(_: Any) -> Iterator[Any]:
        raise UserError("forbidden")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (doctor.Named("first", True, refused), *CHECKS[:1]))
    found = list(doctor.diagnoses(examined()))
    assert [each.check for each in found] == ["first", CHECKS[0].name]
    assert (found[0].seen.verdict, found[0].seen.text) == ("warning", "could not be checked: forbidden")


def test_packages_that_are_not_as_pinned_are_named(tmp_path: Path) -> None:
    assert seen("installed_packages", examined(program=tmp_path)) == [
        ("skipped", "the program has no requirements.txt")
    ]
    (tmp_path / "requirements.txt").write_text("pulumi==1.0.0 \\\n  --hash=sha256:0\nnobody==2\n", encoding="utf-8")
    ((verdict, text),) = seen("installed_packages", examined(program=tmp_path))
    assert verdict == "warning"
    assert "instead of 1.0.0" in text
    assert "nobody missing instead of 2" in text


@pytest.fixture
def repository() -> Iterator[str]:
    """A web server that has an index under /charts and nothing else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/charts/index.yaml" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - its name there

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_repositories_of_charts_are_asked(repository: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cluster: Any = object()

    def found(place: str) -> list[tuple[str, str]]:
        return seen("chart_repositories", examined(cluster, istio={"charts": {"repository": place}}))

    assert found(f"{repository}/charts") == [("ok", "all answer: 127.0.0.1")]
    ((verdict, text),) = found(f"{repository}/other")
    assert (verdict, text.endswith("answers with 404")) == ("failed", True)
    assert [each for each, _ in found("http://127.0.0.1:1/charts")] == ["failed"]
