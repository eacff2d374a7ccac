"""What is known of an environment? Read from Pulumi's backend alone, so that a fresh checkout knows it too.

Its time counts from the end of the last update that the backend has in its history; what `env extend` adds is a tag of
the stack, which every backend has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fairlead.evaluation.snapshot import HELM_RELEASE
from fairlead.lifecycle.deployment import Deployment
from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

UNTIL = "fairlead:until"
"""The tag that `env extend` sets: the earliest end, whenever the last update was."""
FIRST_UP = "fairlead:first-up"
"""The tag that the first `env up` sets before anything is created: what it is made from, and its end, if none of its
updates ever ended. Pulumi Cloud takes 256 characters."""
_SERVICE = "kubernetes:core/v1:Service"
_LOCAL = ("localhost", "cluster.local")


@dataclass(frozen=True)
class Environment:
    """`ends` is None where it has no time; `balancers` are those that it pays for, as namespace/name."""

    name: str
    owner: str
    created: datetime | None
    last_up: datetime | None
    ends: datetime | None
    balancers: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    made_from: Mapping[str, str] = field(default_factory=dict[str, str])
    """As its tag says: the stack, whose gateways, the domain and the owner."""

    def left(self, now: datetime) -> timedelta | None:
        return self.ends - now if self.ends else None

    def is_over(self, now: datetime) -> bool:
        return self.ends is not None and self.ends <= now


def environment_of(
    name: str,
    section: Mapping[str, Any],
    history: Iterable[Mapping[str, Any]],
    tags: Mapping[str, Any],
    state: Deployment,
) -> Environment:
    """From its section `lifecycle`, its history (newest first), its tags and its state."""
    updates = [each for each in history if each.get("kind") == "update"]
    last_up = moment(updates[0].get("endTime") or updates[0].get("startTime")) if updates else None
    ttl = str(section.get("ttl") or "")
    first = first_up(tags)
    begun = None if last_up else moment(first.get("until"))
    ends = [each for each in (moment(tags.get(UNTIL)), _after(last_up, ttl), begun) if each]
    stamps = [each for resource in state.resources if (each := moment(resource.get("created")))]
    return Environment(
        name,
        str(section.get("owner") or first.get("owner") or ""),
        min(stamps, default=last_up),
        last_up,
        max(ends, default=None),
        tuple(_balancers(state)),
        tuple(urls_of(state.outputs)),
        first,
    )


def first_up(tags: Mapping[str, Any]) -> dict[str, str]:
    """What the tag of the first `env up` says; empty where it is something else."""
    try:
        return {key: str(value) for key, value in as_map(json.loads(str(tags.get(FIRST_UP)))).items()}
    except ValueError:
        return {}


def moment(text: object) -> datetime | None:
    """A time as Pulumi writes it; None where it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _after(last_up: datetime | None, ttl: str) -> datetime | None:
    return last_up + timedelta(seconds=seconds(ttl)) if last_up and ttl else None


def _balancers(state: Deployment) -> Iterable[str]:
    """Services with a load balancer that are the stack's own, or of a release of its own; not those it only reads."""
    releases = {str(each.get("id")) for each in state.resources if each.get("type") == HELM_RELEASE}
    for each in state.resources:
        if each.get("type") == _SERVICE:
            own = not each.get("external") or each.get("id") in releases
            if own and as_map(as_map(each.get("outputs")).get("spec")).get("type") == "LoadBalancer":
                yield str(each.get("id"))


def urls_of(outputs: Mapping[str, Any]) -> Iterable[str]:
    """Where people open the apps: at their own hosts, or with the header that they need."""
    for app in as_map(outputs.get("apps")).values():
        hosts = [str(host) for host in as_list(as_map(app).get("hosts")) if "*" not in str(host)]
        for url in (str(each) for each in as_list(as_map(app).get("urls"))):
            at = urlsplit(url)
            if (at.hostname or "").endswith(_LOCAL[1]):
                continue
            if not hosts:
                yield url
            elif at.hostname == _LOCAL[0]:
                yield from (f"{url} (Host: {host})" for host in hosts)
            else:
                port = f":{at.port}" if at.port else ""
                yield from (f"{at.scheme}://{host}{port}{at.path}" for host in hosts)


def lifecycle_of(history: Iterable[Mapping[str, Any]], project: str) -> dict[str, Any]:
    """The section `lifecycle` of the last update; empty where it had none."""
    for each in history:
        if each.get("kind") == "update":
            said = as_map(as_map(each.get("config")).get(f"{project}:lifecycle"))
            return as_map(said.get("objectValue"))
    return {}


def names_of(rows: Iterable[Any]) -> list[str]:
    """The stacks of a list that the CLI gave, by their last part: Pulumi Cloud says organisation and project too."""
    return sorted(str(each.get("name")).rpartition("/")[2] for each in as_maps([*rows]))
