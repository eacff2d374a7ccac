"""How are images named where a stack wants digests, and is every digest of the table one of what it names?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairlead_mesh import images, versions
from fairlead_mesh.images import istio_digest_values, istio_images, with_digest, with_digests
from fairlead_mesh.istio import Istio, istiod_values
from fairlead_mesh.samples.sample import Sample
from fairlead_mesh.samples.samples import sample_objects
from fairlead_mesh.versions import CHART_DIGESTS, IMAGE_DIGESTS, ISTIO_VERSION, JAEGER_IMAGE, Chart
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

PILOT, PROXY = ("docker.io/istio/pilot", ISTIO_VERSION), ("docker.io/istio/proxyv2", ISTIO_VERSION)
OF_PILOT, OF_PROXY = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


@pytest.fixture(autouse=True)
def _digests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "IMAGE_DIGESTS", {**IMAGE_DIGESTS, PILOT: OF_PILOT, PROXY: OF_PROXY})


def istio(**keys: Any) -> Istio:
    return Istio.model_validate(keys)


def test_a_digest_stands_beside_its_tag() -> None:
    assert with_digest(JAEGER_IMAGE) == f"{JAEGER_IMAGE}@{IMAGE_DIGESTS['docker.io/jaegertracing/jaeger', '2.17.0']}"
    for other in ("docker.io/jaegertracing/jaeger:2.17.1", "example.com:5000/jaeger", JAEGER_IMAGE.split(":")[0]):
        assert with_digest(other) == other


def test_only_images_of_an_object_change() -> None:
    for manifest in sample_objects(Sample(name="membership-service")):
        assert str(with_digests(manifest)).replace(f"@{IMAGE_DIGESTS[*_split(manifest)]}", "") == str(manifest)
        assert ("@sha256:" in str(with_digests(manifest))) == (manifest["kind"] == "Deployment")


def _split(_: Any) -> tuple[str, str]:
    name, _, tag = versions.MEMBERSHIP_SERVICE_IMAGE.rpartition(":")
    return name, tag


def test_istiod_and_every_proxy_are_named_by_digest() -> None:
    proxy = {"image": f"docker.io/istio/proxyv2:{ISTIO_VERSION}@{OF_PROXY}"}
    wanted = {
        "image": f"docker.io/istio/pilot:{ISTIO_VERSION}@{OF_PILOT}",
        "global": {"proxy": proxy, "proxy_init": proxy},
    }
    assert istio_digest_values(istio()) == wanted
    values = istiod_values(istio(), extension_providers=[], images=istio_digest_values(istio()))
    assert values["image"] == wanted["image"]
    assert values["global"]["hub"] == "docker.io/istio", "and nothing else is lost"


def test_a_mirror_has_the_same_digests() -> None:
    values = istio_digest_values(istio(hub="mirror.example.com/istio"))
    assert values["image"] == f"mirror.example.com/istio/pilot:{ISTIO_VERSION}@{OF_PILOT}"


@pytest.mark.parametrize(
    "keys",
    [
        {"values": {"istiod": {"tag": "1.2.3"}}},
        {"values": {"istiod": {"global": {"variant": "distroless"}}}},
        {"charts": {"path": "./charts"}},
    ],
)
def test_an_image_that_is_named_elsewhere_gets_no_digest(keys: dict[str, Any]) -> None:
    assert istio_images(istio(**keys)) == {}
    assert istio_digest_values(istio(**keys)) == {}


def test_another_version_has_no_digest_of_this_one() -> None:
    assert istio_digest_values(istio(version="1.31.0")) == {}


def test_what_the_stack_file_says_of_the_image_wins() -> None:
    section = istio(values={"istiod": {"image": "example.com/pilot:mine"}})
    values = istiod_values(section, extension_providers=[], images=istio_digest_values(section))
    assert values["image"] == "example.com/pilot:mine"


def test_every_digest_is_of_an_image_or_a_chart_of_the_table() -> None:
    """After an upgrade: run `make digests`."""
    text = (PROGRAM / "fairlead_mesh" / "versions.py").read_text(encoding="utf-8")
    for (name, tag), digest in IMAGE_DIGESTS.items():
        named = {
            PILOT,
            PROXY,
            *(tuple(each.rsplit(":", 1)) for each in re.findall(r'"(docker\.io/[^"{}]+:[^"]+)"', text)),
        }
        bookinfo = re.sub(r"bookinfo-[\w-]+$", "bookinfo-{workload}", name)
        assert (name, tag) in named or f"{bookinfo}:{tag}" == versions.BOOKINFO_IMAGE, f"{name}:{tag} is not in use"
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
    charts = {(each.repository, each.name, each.version) for each in vars(versions).values() if isinstance(each, Chart)}
    charts |= {(versions.ISTIO_REPOSITORY, name, ISTIO_VERSION) for name in ("base", "istiod", "gateway")}
    assert CHART_DIGESTS.keys() <= charts
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in CHART_DIGESTS.values())
