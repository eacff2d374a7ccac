"""Is the demo's API server ready, and how do others reach it? Asked over loopback, with its own certificate."""

from __future__ import annotations

import contextlib
import json
import ssl
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


@dataclass(frozen=True)
class Probe:
    """Asks one server; whatever goes wrong means: not ready yet."""

    url: str
    token: str
    certificate: Path

    def answers(self) -> bool:
        return self.certificate.exists() and self._get("/readyz") is not None

    def is_populated(self) -> bool:
        """Whether the controllers work: every namespace of a new cluster has what they put there."""
        accounts, maps = self._names("/api/v1/serviceaccounts"), self._names("/api/v1/configmaps")
        return all((name, "default") in accounts and (name, "kube-root-ca.crt") in maps for name in SYSTEM_NAMESPACES)

    def _names(self, path: str) -> set[tuple[str, str]]:
        items: list[dict[str, dict[str, str]]] = json.loads(self._get(path) or "{}").get("items") or []
        return {(item["metadata"]["namespace"], item["metadata"]["name"]) for item in items}

    def _get(self, path: str) -> str | None:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.token}"})  # noqa: S310
        with contextlib.suppress(OSError, HTTPException):
            secure = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(self.certificate)))
            # No proxy of the environment ever stands between the demo and its own server.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), secure)
            with opener.open(request, timeout=5) as answer:
                return answer.read().decode()
        return None


def kubeconfig_text(name: str, url: str, certificate: Path, token: str) -> str:
    """A kubeconfig with one context of that name."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": url, "certificate-authority": str(certificate)}}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }
    return json.dumps(config, indent=2)
