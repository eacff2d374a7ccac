"""What does `explain` say to people and to programs, and what where it is asked wrongly?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.snapshot

Command = Callable[..., tuple[int, str, str]]
HELLO = "GET http://hello.dev.example.com/hello"
TRUTH = PROGRAM / "tests" / "truth"


def test_the_way_of_a_request_names_each_object_with_its_line(command: Command) -> None:
    code, out, _ = command("explain", "--stack", "dev", HELLO)
    lines = (PROGRAM / "Pulumi.dev.yaml").read_text(encoding="utf-8").splitlines()
    assert code == 0
    assert "70 %  200 from hello/helloworld-v1" in out
    assert "30 %  200 from hello/helloworld-v2" in out
    (taken,) = [line for line in out.splitlines() if "http[0] matches" in line]
    number = int(taken.rpartition(":")[2].rstrip(")"))
    assert "match" in lines[number - 1]


def test_what_is_passed_over_is_said_with_the_reason(command: Command) -> None:
    _, out, _ = command("explain", "--stack", "dev", "GET http://hello.dev.example.com/other")
    assert "VirtualService hello/helloworld http[0] does not match: path is /other, must match exact /hello" in out
    assert "100 %  404: no route matches" in out


def test_every_class_of_request_has_a_line(command: Command) -> None:
    code, out, _ = command("explain", "--stack", "dev", "--all")
    assert code == 0
    assert f"{HELLO} from internet through istio-ingress/istio-ingress: 70 %  200 from hello/helloworld-v1; 30 %" in out
    assert "GET http://any-host.example/membership/ from internet" in out


def test_a_list_of_requests_is_answered_in_its_order(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "requests.json"
    asked = [{"from": "shop/client", "url": f"http://web.shop{path}", "method": "GET"} for path in ("/b", "/a")]
    file.write_text(json.dumps(asked), encoding="utf-8")
    world, case = TRUTH / "world.yaml", TRUTH / "cases" / "hosts-two-mesh.yaml"
    code, out, _ = command("explain", "--objects", str(world), str(case), "--requests", str(file), "--format", "json")
    found: list[dict[str, Any]] = json.loads(out)["requests"]
    assert code == 0
    assert [each["status"] for each in found] == [{"404": 1.0}, {"200": 1.0}]
    assert found[1]["answered"] == {"shop/web-v1": 1.0}
    assert found[1]["seen"]["identity"] == "spiffe://cluster.local/ns/shop/sa/client"


def test_what_the_webhook_refuses_does_not_count_and_is_named(command: Command) -> None:
    world, case = TRUTH / "world.yaml", TRUTH / "cases" / "sidecar-short-host.yaml"
    _, out, _ = command(
        "explain", "--objects", str(world), str(case), "GET http://payments.pay/", "--from", "shop/client"
    )
    assert "Istio's webhook rejects Sidecar shop/default" in out
    assert "100 %  200 from pay/payments-v1" in out


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["GET http://helo.hello:5000/", "--from", "hello/helloworld-v1"], "did you mean helloworld.hello"),
        (["GET http://hello.dev.example.org/", "--from", "hello/helloworld-v3"], "did you mean hello/helloworld-v2"),
        ([HELLO, "--gateway", "nope"], "Use one of istio-ingress/istio-ingress."),
        ([HELLO, "--jwt", "x"], "these are not claims"),
        ([HELLO, "-H", "user"], "Write -H 'user: jane'."),
        (["GET ftp://a/"], "Write 'GET http://host/path'"),
        (["--requests", "nowhere.json"], "There is no file nowhere.json"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_what_to_write(command: Command, asked: list[str], words: str) -> None:
    _, out, err = command("explain", "--stack", "dev", *asked)
    assert words in out + err


@pytest.mark.parametrize("asked", [[], [HELLO, "--all"], [HELLO, HELLO], ["hello"]])
def test_one_question_is_asked_at_a_time(command: Command, asked: list[str]) -> None:
    code, _, _ = command("explain", "--stack", "dev", *asked)
    assert code == 2
