"""How is AWS asked? By its own SDK, in one region, with the credentials and the endpoint that the environment names."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from fairlead.terminal.errors import UserError
from fairlead_mesh.model.objects.yaml_values import as_maps

_WITHIN = 10
_TRIES = 3
_LOG_IN = "Log in again, such as by aws sso login, or name another profile: cluster.eks.profile."
_RIGHTS = "Have {action} allowed for it; docs/eks.md has the policy."


class AwsError(UserError):
    """What AWS answered instead; `code` is its own word."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.code = code


class Account:
    """One region of one account; clients are made at their first use, as AWS's SDK takes a second to load."""

    def __init__(self, region: str | None, profile: str | None = None) -> None:
        self.region = region or ""
        self._profile = profile
        self._clients: dict[str, Any] = {}

    def ask(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """The answer of one call. Raises AwsError."""

        def once(call: Any) -> Any:
            return call(**arguments)

        return cast("dict[str, Any]", self._guarded(service, operation, once))

    def listed(self, service: str, operation: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
        """What is under `key` of all pages of an answer. Raises AwsError."""

        def paged(_: Any) -> list[dict[str, Any]]:
            pages = self._client(service).get_paginator(operation).paginate(**arguments)
            return [each for page in pages for each in as_maps(page.get(key))]

        return cast("list[dict[str, Any]]", self._guarded(service, operation, paged))

    def _guarded(self, service: str, operation: str, asked: Any) -> Any:
        errors: Any = import_module("botocore.exceptions")
        try:
            return asked(getattr(self._client(service), operation))
        except errors.ClientError as error:
            said = error.response.get("Error", {})
            code, action = str(said.get("Code", "")), f"{service}:{error.operation_name}"
            denied = "AccessDenied" in code or "Unauthorized" in code
            expired = "Expired" in code or "InvalidClientToken" in code
            remedy = _RIGHTS.format(action=action) if denied else _LOG_IN if expired else ""
            raise AwsError(code, f"{action}: {said.get('Message') or code}", remedy) from None
        except errors.BotoCoreError as error:
            raise AwsError(type(error).__name__, f"AWS cannot be asked: {error}", _LOG_IN) from None

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            boto3: Any = import_module("boto3")
            config: Any = import_module("botocore.config").Config(
                connect_timeout=_WITHIN, read_timeout=_WITHIN, retries={"max_attempts": _TRIES, "mode": "standard"}
            )
            session = boto3.Session(region_name=self.region or None, profile_name=self._profile)
            self._clients[service] = session.client(service, config=config)
        return self._clients[service]


def tags_of(resource: dict[str, Any], key: str = "Tags") -> dict[str, str]:
    """Tags as AWS lists them, as a map."""
    return {str(each.get("Key")): str(each.get("Value", "")) for each in as_maps(resource.get(key))}
