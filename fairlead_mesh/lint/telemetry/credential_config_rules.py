"""Can those who ask for metrics log in as the stack file says?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule


@config_rule(needs=("addons",))
def credentials_are_for_what_exists(config: Config) -> Iterator[Hit]:
    """Credentials are for metrics that exist already, at a `url`.

    What the stack installs asks nobody to log in: they would be sent, and never checked.
    """
    for addon in config.addons.with_metrics:
        if addon.installed and getattr(addon, "credentials", None):
            message = f"{addon.product.title} is installed by this stack and asks nobody to log in"
            yield Hit(("addons", addon.key, "credentials"), None, message, "remove it, or write url")
