"""Can those who ask for metrics, or send traces, log in as the stack file says, and is nothing secret in it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic.alias_generators import to_snake

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.credentials import KIALI_CA, Credentials
from fairlead_mesh.addons.kiali import Kiali
from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule


@config_rule(needs=("addons",))
def credentials_are_for_what_exists(config: Config) -> Iterator[Hit]:
    """Credentials are for what exists already, at a `url`, of traces at a `queryUrl`.

    What the stack installs asks nobody to log in: they would be sent, and never checked. Grafana signs for AWS only
    what it asks of metrics.
    """
    for path, addon, each in _credentials(config):
        key = addon.asked_at
        if not getattr(addon, to_snake(key)):
            message = f"{addon.product.title} has no {key}, and what this stack installs asks nobody to log in"
            yield Hit(path, None, message, f"remove it, or write {key}")
        elif each.sig_v4 and addon not in config.addons.with_metrics:
            yield Hit((*path, "sigV4"), each.sig_v4, "only requests for metrics are signed", "write bearer or basic")


_SECRET = re.compile(r"authorization|cookie|token|secret|passw|api-?key")


def _credentials(config: Config) -> Iterator[tuple[Path, Addon, Credentials]]:
    for addon in config.addons.named:
        said = getattr(addon, "credentials", None)
        if isinstance(said, Credentials):
            yield ("addons", addon.key, "credentials"), addon, said


@config_rule(needs=("addons",))
def headers_hold_no_secrets(config: Config) -> Iterator[Hit]:
    """Headers of the stack file say nothing secret.

    They are plain text in the repository, in the state, in ConfigMaps, and in the configuration of every proxy.
    """
    said: list[tuple[Path, Mapping[str, str], str]] = [
        ((*path, "headers"), each.headers, "bearer or basic, the name of a Secret")
        for path, _, each in _credentials(config)
    ]
    tracing = config.addons.of(Tracing)
    if tracing and tracing.otlp:
        said.append((("addons", Tracing.key, "otlp", "headers"), tracing.otlp.headers, "headersFrom"))
    for path, headers, instead in said:
        for name in headers:
            if _SECRET.search(name):
                yield Hit((*path, name), None, f"{name} is in plain text", f"write {instead}")


@config_rule(needs=("addons",))
def kiali_knows_the_ca(config: Config) -> Iterator[Hit]:
    """A CA for metrics is one that Kiali can read as well.

    Kiali reads CAs from one ConfigMap alone, and ignores ca_file: otherwise it trusts no certificate of that CA.
    """
    kiali = config.addons.of(Kiali)
    for path, _, each in _credentials(config):
        if kiali and kiali.installed and each.ca_config_map not in (None, KIALI_CA):
            message = f"Kiali reads CAs from the ConfigMap {KIALI_CA} alone, key additional-ca-bundle.pem"
            remedy = f"write ca with the certificate itself, or put both keys into a ConfigMap {KIALI_CA}"
            yield Hit((*path, "caConfigMap"), each.ca_config_map, message, remedy)
