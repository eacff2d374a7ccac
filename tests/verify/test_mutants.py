"""Does every check hold on proxies that do as the mesh says, and fail on ones that do the thing wrong that it is about?

The proxies are real Envoys; what a mutant does wrong is one line of their configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.verify.asking import Asking
from fairlead.verify.promise import Promise, Standing, Verdict
from fairlead.verify.verify import CHECKS, promised, verdicts
from fairlead_mesh.limits.rate_limit import RateLimit
from tests.fixtures.loopback.mutants import HTTP, LOOPBACK, MUTANTS, limited
from tests.fixtures.loopback.shop import shop

pytestmark = [pytest.mark.mesh, pytest.mark.process]


def about(asking: Asking, check: str, words: str) -> list[Promise]:
    named = [each for each in promised(asking.subject) if each.check == check and words in each.sentence]
    urls = {id(each): f"{each.request.scheme}://{each.request.authority}{each.request.path}"
            for each in named if each.request}  # fmt: skip
    found = [each for each in named if urls[id(each)] == words] or named
    assert found, f"nothing is promised of {words}"
    return found


def asked(asking: Asking, check: str, words: str) -> list[Verdict]:
    return list(verdicts(about(asking, check, words), asking))


def both(name: str, folder: Path, *, obeys: bool = True, silent: bool = False) -> tuple[list[Verdict], list[Verdict]]:
    """What is said of the true proxies, and of those of a mutant."""
    check, words, mutation = MUTANTS[name]
    with shop(folder, obeys=obeys, silent=silent) as asking:
        true = asked(asking, check, words)
    with shop(folder, mutation, obeys=obeys, silent=silent) as asking:
        return true, asked(asking, check, words)


@pytest.fixture(scope="module")
def true_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with shop(tmp_path_factory.mktemp("shop")) as asking:
        yield asking


@pytest.mark.parametrize(("check", "words"), sorted({(check, words) for check, words, _ in MUTANTS.values()}))
def test_a_promise_that_is_kept_holds(true_shop: Asking, check: str, words: str) -> None:
    found = asked(true_shop, check, words)
    assert [(each.standing, each.why, each.evidence) for each in found if each.standing is not Standing.HOLDS] == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_promise_that_is_broken_does_not_hold(name: str, tmp_path: Path) -> None:
    check, words, mutation = MUTANTS[name]
    with shop(tmp_path, mutation) as asking:
        found = asked(asking, check, words)
    assert Standing.BROKEN in {each.standing for each in found}, [(each.standing, each.why) for each in found]


@pytest.mark.parametrize(
    ("allowed", "standing"), [(20, Standing.HOLDS), (60, Standing.BROKEN), (9999, Standing.BROKEN)]
)
def test_a_rate_limit_lets_as_many_pass_as_it_says(allowed: int, standing: Standing, tmp_path: Path) -> None:
    limit = RateLimit(requests=20, unit="minute")
    with shop(tmp_path, limited(allowed)) as asking:
        one, *_ = about(asking, "answers", f"{HTTP}/mirror")
        details = {"limit": limit, "pods": 1}
        promise = Promise("it", "rate_limits", "web", "20 in a minute", "", "", one.request, None, 50, details=details)
        (found,) = verdicts([promise], asking)
    assert found.standing is standing, found.evidence


IN_THE_PROXY = ("a timeout twice as long", "no timeout", "a retry too few", "a retry too many")


@pytest.mark.parametrize("name", IN_THE_PROXY)
def test_of_apps_that_obey_no_header_the_route_in_the_proxy_is_read(name: str, tmp_path: Path) -> None:
    (true,), (wrong,) = both(name, tmp_path, obeys=False)
    assert (true.standing, wrong.standing) == (Standing.HOLDS, Standing.BROKEN)
    assert wrong.evidence
    assert "the route in the proxy" in wrong.evidence.seen


@pytest.mark.parametrize("name", ["a path not rewritten", "a header not removed", "a header not set"])
def test_of_apps_that_tell_nothing_the_route_in_the_proxy_is_read(name: str, tmp_path: Path) -> None:
    (true, *_), (wrong, *_) = both(name, tmp_path, silent=True)
    assert (true.standing, wrong.standing) == (Standing.HOLDS, Standing.BROKEN), (true, wrong)
    assert true.evidence
    assert "the route in the proxy does so" in true.evidence.seen


@pytest.mark.parametrize("name", ["60/40 for 70/30", "30 % to another app", "another version"])
def test_answers_that_do_not_say_whose_they_are_are_counted_by_the_proxy(name: str, tmp_path: Path) -> None:
    (true, *_), (wrong, *_) = both(name, tmp_path, silent=True)
    assert (true.standing, wrong.standing) == (Standing.HOLDS, Standing.BROKEN)
    assert wrong.evidence
    assert "counted by the first proxy" in wrong.evidence.seen


def test_nobody_guesses_a_split_that_neither_answers_nor_proxies_tell(tmp_path: Path) -> None:
    with shop(tmp_path, silent=True, asks_proxies=False) as asking:
        (found,) = asked(asking, "answers", f"{HTTP}/split")
    assert (found.standing, found.why) == (
        Standing.UNASKED,
        "the answers do not say whose they are, and no proxy can be asked",
    )


def test_every_check_of_requests_has_a_mutant() -> None:
    assert {check for check, _, _ in MUTANTS.values()} == LOOPBACK
    assert {each.name for each in CHECKS} >= LOOPBACK


@pytest.mark.scale
def test_all_that_a_true_mesh_promises_holds_or_says_why_it_was_not_asked(true_shop: Asking) -> None:
    found = list(verdicts(promised(true_shop.subject), true_shop))
    assert [each for each in found if each.standing is Standing.BROKEN] == []
    reasons = {each.why for each in found if each.standing is Standing.UNASKED}
    assert reasons <= {"nobody can send from shop/web-v1", "no cluster is asked"}
