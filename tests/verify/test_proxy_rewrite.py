"""Is a route of an Envoy read as Envoy rewrites?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.verify.envoy.envoy_config import Route
from fairlead.verify.proxy_rewrite import rewritten_by
from fairlead_mesh.model.requests.request import UNKNOWN, request

pytestmark = pytest.mark.mesh

FOR_ROOT = {"pattern": {"regex": "^/membership(/?)(.*)"}, "substitution": "/\\2"}
"""As istiod rewrites a prefix to /, so that no slash is doubled."""


@pytest.mark.parametrize(
    ("match", "action", "path", "seen"),
    [
        ({"prefix": "/membership"}, {"regex_rewrite": FOR_ROOT}, "/membership/a?b=1", "/a?b=1"),
        ({"prefix": "/membership"}, {"regex_rewrite": FOR_ROOT}, "/membership", "/"),
        ({"prefix": "/api/"}, {"prefix_rewrite": "/"}, "/api/a", "/a"),
        ({"path": "/one"}, {"prefix_rewrite": "/two"}, "/one?x", "/two?x"),
        ({"prefix": "/"}, {}, "/as/it/is", "/as/it/is"),
    ],
)
def test_paths(match: dict[str, Any], action: dict[str, Any], path: str, seen: str) -> None:
    route = Route("", match, {}, "", {"route": action})
    assert rewritten_by(route, request("GET", f"http://a{path}")).path == seen


def test_hosts_and_headers() -> None:
    action = {
        "route": {"host_rewrite_literal": "b"},
        "request_headers_to_remove": ["X-Secret"],
        "request_headers_to_add": [
            {"header": {"key": "x-by", "value": "mesh"}},
            {"header": {"key": "x-from", "value": "%DOWNSTREAM_REMOTE_ADDRESS%"}},
        ],
    }
    found = rewritten_by(Route("", {}, {}, "", action), request("GET", "http://a/", headers={"x-secret": "1"}))
    assert found.headers == {"host": "b", "x-by": "mesh", "x-from": UNKNOWN}
