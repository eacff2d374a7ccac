"""Is every class of requests that a mesh tells apart promised, and is what cannot be tested said with its reason?"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.verify.command import subject_of
from fairlead.verify.naming import asked
from fairlead.verify.subject import Subject
from fairlead.verify.verify import CHECKS, promised
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.loopback import shop

pytestmark = pytest.mark.mesh

STACKS = [PROGRAM / "Pulumi.dev.yaml", PROGRAM / "Pulumi.local.yaml", *sorted((PROGRAM / "examples").glob("*.yaml"))]


def of_file(path: Path) -> Subject:
    return subject_of(read_stack_file(PROGRAM, stack=None, config_file=path, overrides=None), PROGRAM)


@pytest.mark.scale
@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_every_class_is_promised_and_tested_or_has_a_reason(path: Path) -> None:
    subject = of_file(path)
    found = promised(subject)
    assert Counter(asked(each.request) for each in found if each.check == "answers" and each.request) == Counter(
        map(asked, subject.classes.requests)
    )
    assert [each for each in found if bool(each.how) == bool(each.untested)] == []
    assert [each for each in found if each.untested and each.requests] == []
    names = Counter(each.id for each in found)
    assert [name for name, times in names.items() if times > 1] == []


def test_every_file_of_a_check_is_found() -> None:
    folder = PROGRAM / "fairlead" / "verify"
    files = {
        path.stem.removesuffix("_check") for room in ("checks", "live") for path in (folder / room).glob("*_check.py")
    }
    assert {each.name for each in CHECKS} == files


def test_ids_stay_from_run_to_run() -> None:
    first, second = (promised(shop.subject()) for _ in range(2))
    assert [each.id for each in first] == [each.id for each in second]


def test_a_protected_stack_gets_no_faults() -> None:
    found = {
        each.sentence: each.untested for each in promised(shop.subject(is_protected=True)) if each.check == "delays"
    }
    assert set(found.values()) == {"the stack is protected, and faults are injected here"}
    assert {each.untested for each in promised(shop.subject()) if each.check == "delays"} == {""}


def test_a_method_that_may_change_something_is_never_sent() -> None:
    subject = of_file(PROGRAM / "examples" / "authorization.yaml")
    methods = {each.request.method for each in promised(subject) if each.request and not each.untested}
    assert methods <= {"GET", "HEAD", "OPTIONS"}
    assert any("POST may change something" in each.untested for each in promised(subject))


def test_a_token_of_the_command_line_makes_a_class_testable() -> None:
    path = PROGRAM / "examples" / "jwt.yaml"
    without = of_file(path)
    waiting = [each for each in promised(without) if "--token" in each.untested]
    assert waiting
    claims = {"iss": "testing@secure.istio.io", "sub": "jane", "groups": "group1"}
    subject = Subject("jwt", without.asked, without.config, tokens=(token(claims),))
    left = [each for each in promised(subject) if "--token" in each.untested]
    assert 0 < len(left) < len(waiting)


def token(claims: dict[str, str]) -> str:
    def part(value: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.signature"


def test_neighbours_of_a_route_are_other_requests_than_its_own() -> None:
    found = promised(shop.subject())
    near = {each.request.path for each in found if each.check == "neighbours" and each.request}
    assert {"/splitx", "/split/x", "/SPLIT"} <= near
    assert not near & {"/split", "/"}


Command = Callable[..., tuple[int, str, str]]


def test_list_needs_no_cluster_and_names_each_promise(command: Command) -> None:
    code, out, _ = command("verify", "--list", "--stack", "local")
    assert code == 0
    assert "helloworld: GET http://any-host.example/hello" in out
    assert "until an exact sequential test of the shares has decided" in out
    assert "not tested: " in out


def test_only_chooses_by_app_gateway_and_check(command: Command) -> None:
    code, out, _ = command("verify", "--list", "--stack", "local", "--only", "helloworld", "--format", "json")
    listed = json.loads(out)["promises"]
    assert code == 0
    assert {each["about"] for each in listed} == {"helloworld"}
    _, out, _ = command("verify", "--list", "--stack", "local", "--only", "gateways", "--format", "json")
    assert {each["check"] for each in json.loads(out)["promises"]} == {"gateways"}


def test_a_part_of_a_name_will_do_where_nothing_is_called_so(command: Command) -> None:
    _, out, _ = command("verify", "--list", "--stack", "local", "--only", "hello", "--format", "json")
    assert "helloworld" in {each["about"] for each in json.loads(out)["promises"]}


def test_a_word_that_nothing_is_about_is_an_error_with_the_names(command: Command) -> None:
    code, _, err = command("verify", "--list", "--stack", "local", "--only", "hallo")
    assert code == 1
    assert "No promise is about hallo." in err
    assert "helloworld" in err


def test_a_client_certificate_is_asked_for_before_anything_is_sent() -> None:
    path = PROGRAM / "examples" / "tls-cert-manager.yaml"
    reasons = {each.untested for each in promised(of_file(path)) if each.request and each.request.client_certificate}
    assert "it needs a client certificate: name its file with --client-certificate" in reasons


def test_nothing_is_promised_of_an_app_beside_the_stack_whose_pods_nobody_names() -> None:
    found = promised(of_file(PROGRAM / "examples" / "external-authorization.yaml"))
    beside = [each.untested for each in found if each.request and each.request.to.startswith("opa.opa")]
    assert beside == ["opa.opa.svc.cluster.local runs beside the stack, which does not say which pods it has"] * 2


def test_a_connection_without_a_byte_is_asked_only_where_a_proxy_counts_it() -> None:
    found = [each for each in promised(of_file(PROGRAM / "examples" / "tcp.yaml")) if each.request]
    asked_ = {(each.request.to.partition(".")[0], each.request.caller): each.untested for each in found
              if each.request and each.request.scheme == "tcp" and each.request.port in (9000, 31400)}  # fmt: skip
    assert {who for who, why in asked_.items() if not why} == {
        ("any-host", "internet"),
        ("istio-ingress", "default/tcp-echo-v1"),
        ("istio-ingress", "istio-system/istiod"),
        ("tcp-echo", "default/tcp-echo-v1"),
    }
    assert "waits for a first byte" in asked_["tcp-echo", "istio-system/istiod"]
