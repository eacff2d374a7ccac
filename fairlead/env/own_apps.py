"""Where do the apps of an environment answer, and whom? In its own namespaces, under its own hosts, its own clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairlead.env.own_limits import drop_global_limits
from fairlead.env.wanted import Wanted
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.virtual_service import MESH

_EVERY = "*"
_ENTRANCES = "gateways"


@dataclass(frozen=True)
class OwnApps:
    """How names of the source become those of the environment: gateways that are `copied`, namespaces that are its
    `spaces`. Hosts `outside` of the mesh stay the source's, and are known to every pod."""

    wanted: Wanted
    copied: frozenset[str]
    spaces: frozenset[str]
    outside: frozenset[str]

    def change(self, apps: list[dict[str, Any]]) -> list[str]:
        """Change the entries; what keeps that from being done, a line for each app."""
        problems: list[str] = []
        for each in apps:
            each["namespace"] = self.wanted.own(str(each.get("namespace") or "default"))
            names = [str(name) for name in as_list(each.get(_ENTRANCES))]
            if isinstance(listed := each.get(_ENTRANCES), list):
                listed[:] = [self._gateway(name) for name in names]
            if self.outside & {str(name) for name in as_list(each.get("calls"))}:
                # Its pods would know of no host that this stack does not bring.
                del each["calls"]
            drop_global_limits(each)
            for client in _clients(each):
                self._client(client)
            if any(name != MESH for name in names):
                problems += self._hosts(each)
        return problems

    def _gateway(self, name: str) -> str:
        return self.wanted.own(name) if name in self.copied else name

    def _client(self, client: dict[str, Any]) -> None:
        if "gateway" in client:
            client["gateway"] = self._gateway(str(client["gateway"]))
        for key in ("namespace", "serviceAccount"):
            space, slash, rest = str(client.get(key) or "").partition("/")
            if space in self.spaces:
                client[key] = f"{self.wanted.own(space)}{slash}{rest}"

    def _hosts(self, app: dict[str, Any]) -> Iterator[str]:
        wanted = self.wanted
        hosts = [str(host) for host in as_list(app.get("hosts"))] or [_EVERY]
        if wanted.entrance == "own" and not wanted.domain and hosts == [_EVERY]:
            return
        if _EVERY in hosts and not wanted.domain:
            yield (
                f"app {app.get('name')} serves every host, which all environments of a gateway would: name one with "
                f"--domain example.com ({wanted.name}.example.com), or use --gateway own"
            )
            return
        made = list(dict.fromkeys(wanted.host(host) for host in hosts))
        if isinstance(listed := app.get("hosts"), list):
            listed[:] = made
        else:
            app["hosts"] = made


def _clients(app: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of `callers` and `deny` that are more than a name."""
    for key in ("callers", "deny"):
        yield from (as_map(each) for each in as_maps(app.get(key)))
