"""How is a Kubernetes API asked? One request, one answer as plain data, with the kubernetes client's credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fairlead.terminal.errors import UnreachableError, UserError

WITHIN = 60


class RefusedError(UserError):
    """What the API server answered instead of doing it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ApiClient:
    """The API of a context of a kubeconfig: of the current one, and of what KUBECONFIG or ~/.kube/config say."""

    def __init__(self, kubeconfig: Path | None, context: str | None = None) -> None:
        # A quarter of a second that only some commands need; and it comes without types.
        config: Any = import_module("kubernetes.config")
        file = str(kubeconfig) if kubeconfig else None
        try:
            self._client: Any = config.new_client_from_config(config_file=file, context=context)
        except config.ConfigException as error:
            raise UserError(f"The kubeconfig leads to no cluster: {error}", "Correct it, or name another.") from None
        self.host: str = self._client.configuration.host
        if urlsplit(self.host).hostname == "127.0.0.1":
            # A proxy of the environment does not lead to this machine.
            self._client.configuration.proxy = None
            self._client.rest_client = type(self._client.rest_client)(self._client.configuration)

    def close(self) -> None:
        self._client.rest_client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        content: str = "",
        accept: str = "application/json",
    ) -> dict[str, Any] | None:
        """The answer, or None where what is read or deleted is not there."""
        headers = {"Accept": accept, **({"Content-Type": content} if content else {})}
        request = self._client.param_serialize(
            method, path, header_params=headers, body=body, auth_settings=["BearerToken"]
        )
        try:
            response = self._client.call_api(*request, _request_timeout=WITHIN)
            status, text = int(response.status), bytes(response.read())
        except Exception as error:
            if type(error).__module__.startswith(("urllib3", "kubernetes")):
                why = f"{self.host} cannot be reached: {error}"
                raise UnreachableError(why, "Is the cluster still running?") from error
            raise
        answer: dict[str, Any] = json.loads(text) if text.strip().startswith(b"{") else {}
        if status == HTTPStatus.NOT_FOUND and method in ("GET", "DELETE"):
            return None
        if status >= HTTPStatus.BAD_REQUEST:
            raise RefusedError(status, answer.get("message") or text.decode(errors="replace")[:500])
        return answer
