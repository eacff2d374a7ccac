"""Which environment is asked for? Its name, the stack that it is made from, and how it differs from that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fairlead.terminal.errors import UserError
from fairlead_mesh.model.objects.yaml_values import as_list, as_maps

Entrance = Literal["shared", "own"]
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,28}[a-z0-9])?")
_NAMED = ("namespaces", "gateways")
_LONGEST = 63
_LONGEST_HOST = 253


@dataclass(frozen=True)
class Wanted:
    """`entrance` says whose gateways it uses, `domain` is for apps that serve every host, `images` are by workload."""

    name: str
    source: str
    entrance: Entrance = "shared"
    domain: str = ""
    ttl: str = ""
    owner: str = ""
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    overrides: tuple[str, ...] = ()

    def own(self, name: str) -> str:
        """The environment's own namespace or gateway in the place of one of the source's."""
        return f"{self.name}-{name}"

    def host(self, host: str) -> str:
        """The environment's own host: `pr-123.shop.example.com`, `*.pr-123.example.com`; empty where there is none."""
        if host == "*":
            return f"{self.name}.{self.domain}" if self.domain else ""
        star, dot, rest = host.partition(".")
        return f"*.{self.name}.{rest}" if star == "*" and dot else f"{self.name}.{host}"


def named(name: str, *others: str) -> None:
    """Raises UserError for a name that no environment can have."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is no name for an environment: hosts and namespaces begin with it.",
            "Write lower-case letters, digits and '-', at most 30, that begin with a letter, such as pr-123.",
        )
    if name in others:
        raise UserError(f"{name} cannot be made from itself.", "Name another stack with --from, such as dev.")


def too_long(config: Mapping[str, object]) -> list[str]:
    """Names of the finished config that Kubernetes or DNS do not take, so long have they become."""
    named_in = [(section, str(each.get("name"))) for section in _NAMED for each in as_maps(config.get(section))]
    hosts = [
        (str(app.get("name")), str(host)) for app in as_maps(config.get("apps")) for host in as_list(app.get("hosts"))
    ]
    return [
        *(
            f"{section}: {name} has {len(name)} characters, and {_LONGEST} are allowed"
            for section, name in named_in
            if len(name) > _LONGEST
        ),
        *(
            f"app {app}: {host} is longer than the {_LONGEST_HOST} characters of a host"
            for app, host in hosts
            if len(host) > _LONGEST_HOST
        ),
    ]
