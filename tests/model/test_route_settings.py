"""Do all readers give a route's settings one meaning, whatever age their spelling has?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.model.route_settings import settings
from tests.fixtures.picture.parts import app
from tests.fixtures.readers import deployment, drawn, explained, istio, namespace, service, told

pytestmark = pytest.mark.mesh

HOST = "shop.web.svc.cluster.local"
COPY = {"host": "copy.web.svc.cluster.local"}


def mesh(**what: Any) -> list[dict[str, Any]]:
    route = {"route": [{"destination": {"host": HOST}}], **what}
    return [
        namespace("web"),
        *(deployment(name, "web", {"app": name}) for name in ("shop", "copy", "curl")),
        *(service(name, "web") for name in ("shop", "copy")),
        istio("VirtualService", "shop", "web", {"hosts": [HOST], "http": [route]}),
    ]


def extras(objects: list[dict[str, Any]]) -> tuple[str, ...]:
    (strand,) = app(drawn(objects), "shop").strands
    return strand.lines[0].extras


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ({"mirror": COPY}, 100),
        ({"mirror": COPY, "mirrorPercent": 5}, 5),
        ({"mirror": COPY, "mirror_percent": 5}, 5),
        ({"mirror": COPY, "mirrorPercentage": {"value": 5}}, 5),
        ({"mirror": COPY, "mirrorPercentage": {"value": 5}, "mirrorPercent": 50}, 5),
        ({"mirrors": [{"destination": COPY, "percentage": {"value": 5}}]}, 5),
        ({"mirrors": [{"destination": COPY}]}, 100),
    ],
)
def test_a_mirror_gets_the_share_that_each_of_its_spellings_says(said: dict[str, Any], percent: int) -> None:
    objects = mesh(**said)
    got = explained(objects, f"http://{HOST}/", "web/curl").received["web/copy"]
    assert round(got * 100) == percent
    assert extras(objects) == (f"mirrors {percent} % to copy",)
    assert any(f"{percent} % mirrored to copy" in each for each in told(mesh(), objects))


@pytest.mark.parametrize(
    ("said", "percent"),
    [({"percent": 10}, 10), ({"percentage": {"value": 10}}, 10), ({"percentage": {"value": 10}, "percent": 90}, 10)],
)
def test_a_fault_is_for_the_share_that_each_of_its_spellings_says(said: dict[str, Any], percent: int) -> None:
    objects = mesh(fault={"abort": {"httpStatus": 503, **said}})
    assert round(explained(objects, f"http://{HOST}/", "web/curl").statuses[503] * 100) == percent
    assert extras(objects) == (f"aborts {percent} % with 503",)
    assert any(f"{percent} % aborted with 503" in each for each in told(mesh(), objects))


def test_a_fault_without_a_percentage_is_for_no_request() -> None:
    objects = mesh(fault={"abort": {"httpStatus": 503}})
    assert explained(objects, f"http://{HOST}/", "web/curl").statuses == {200: 1.0}
    assert extras(objects) == ("aborts 0 % with 503",)
    assert not any("aborted" in each for each in told(mesh(), objects))


def test_old_origins_of_cors_are_origins() -> None:
    policy = {"allowOrigin": ["https://a.example.com"], "allowMethods": ["GET"]}
    assert (found := settings({"corsPolicy": policy}).cors) is not None
    assert found.origins == ("https://a.example.com",)


@pytest.mark.parametrize("what", ["text", 7, None, [], {"abort": "x"}, {"delay": {"percentage": "many"}}])
def test_settings_that_are_no_settings_say_nothing(what: Any) -> None:
    found = settings({"fault": what, "retries": what, "mirrors": what, "corsPolicy": what})
    assert not found.mirrors
    assert found.delay is None or found.delay.percent == 0
