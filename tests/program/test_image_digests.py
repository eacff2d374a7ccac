"""Does a stack with `imageDigests` name its images by digest, everywhere?"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from fairlead_mesh import images
from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.evaluated import evaluated, one

pytestmark = pytest.mark.snapshot

LOCAL = {"kubeconfig": {"context": "kind"}}
SAMPLES = [{"name": "helloworld"}, {"name": "bookinfo"}, {"name": "membership-service"}]


class Every(dict[tuple[str, str], str]):
    """A table that has a digest of everything."""

    def get(self, key: tuple[str, str], default: Any = None) -> Any:  # noqa: ARG002 - a dict's
        return f"sha256:{'a' * 64}"


@pytest.mark.parametrize("wanted", [True, False])
def test_every_image_has_a_digest_where_the_stack_says_so(monkeypatch: pytest.MonkeyPatch, wanted: bool) -> None:
    monkeypatch.setattr(images, "IMAGE_DIGESTS", Every())
    snapshot = evaluated(cluster=LOCAL, imageDigests=wanted, samples=SAMPLES, addons={"tracing": {}})
    objects = [each for each in snapshot.resources if each.type.endswith(":Deployment")]
    named = re.findall(r'"image": "([^"]+)"', json.dumps([each.inputs for each in objects]))
    assert len(named) == 10
    assert all(("@sha256:" in image) == wanted for image in named)
    values = one(snapshot, "Release", "istiod").inputs["values"]
    assert ("image" in values) == wanted
    assert ("proxy" in values["global"]) == wanted
    if wanted:
        assert values["image"] == f"docker.io/istio/pilot:{ISTIO_VERSION}@sha256:{'a' * 64}"
        assert values["global"]["proxy"] == values["global"]["proxy_init"]
