"""What does an addon answer? Its API, by a pod behind its Service, as the stack file says where it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from fairlead.verify.sending import CannotSendError
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.service_host import service_at

_PORTS = {"http": 80, "https": 443}


class Fetching(Protocol):
    """Asks a port of a Service: LiveAccess."""

    def fetch(self, service: str, port: int, path: str, /) -> bytes:
        """The body of an answer of 200. Raises CannotSendError."""
        ...


class AddonHttp:
    """One addon. Raises CannotSendError where its address is none of the cluster's."""

    def __init__(self, access: Fetching, addon: Addon) -> None:
        url = urlsplit(addon.cluster_url)
        found = service_at(url.hostname or "", addon.namespace)
        if found is None:
            raise CannotSendError(f"{addon.cluster_url} is not in the cluster")
        if url.scheme != "http":
            raise CannotSendError(
                f"{addon.cluster_url} is asked with {url.scheme}, which a forwarded port cannot prove"
            )
        self.service, self.port = "/".join(found), url.port or _PORTS[url.scheme]
        self._access, self._base = access, url.path.rstrip("/")

    def text(self, path: str, query: Mapping[str, Any] | None = None) -> str:
        """What a path below the addon's own answers. Raises CannotSendError."""
        asked = f"{self._base}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        return self._access.fetch(self.service, self.port, asked).decode(errors="replace")

    def json(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The same where it is JSON. Raises CannotSendError."""
        try:
            return json.loads(self.text(path, query))
        except ValueError:
            raise CannotSendError(f"{self.service} answers {path} with something else than JSON") from None
