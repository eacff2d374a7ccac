"""What becomes of the paths that a route rewrites?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.apps.route import Route
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule


@config_rule(severity="warning")
def rewritten_prefixes_keep_their_slash(config: Config) -> Iterator[Hit]:
    """A prefix that ends in a slash is rewritten to one that does too: Envoy replaces exactly the matched text.

    With / rewritten to /hello, a request for /foo reaches the app as /hellofoo and gets 404.
    """
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            to = route.rewrite.uri if route.rewrite else None
            prefix = _prefix_with_a_slash(route)
            if to and prefix and not to.endswith("/"):
                path = ("apps", index, "routes", number, "rewrite", "uri")
                message = f"{prefix} becomes {to}, so {prefix}cart reaches the app as {to}cart"
                yield Hit(path, to, message, f"write {to}/, or match only the intended path with uri: {{exact: ...}}")


def _prefix_with_a_slash(route: Route) -> str | None:
    """The first prefix of the route that ends in a slash; a route or a match without a path has the prefix /."""
    for match in route.match:
        if match.uri is None or (match.uri.prefix and match.uri.prefix.endswith("/")):
            return match.uri.prefix if match.uri else "/"
    return None if route.match else "/"
