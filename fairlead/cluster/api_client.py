"""How is a Kubernetes API asked? One request, one answer as plain data, with the kubernetes client's credentials."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yaml import YAMLError

from fairlead.cluster.web_socket import WebSocketError, web_socket
from fairlead.terminal.errors import UnreachableError, UserError

WITHIN = 60
_CORRECT = "Fix it, or use another."
_LOG_IN = (
    "Log in again, such as by aws sso login, and see that the program that the kubeconfig names is on PATH;"
    " or name another context with --context."
)


class RefusedError(UserError):
    """What the API server answered instead of doing it."""

    def __init__(self, status: int, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status


@contextmanager
def readable_kubeconfig(file: Path | None) -> Generator[None]:
    """A file that cannot be read, or holds something else, is the user's to correct."""
    name = f"The kubeconfig {file}" if file else "The kubeconfig that KUBECONFIG or ~/.kube/config is"
    try:
        yield
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}.", _CORRECT) from None
    except (YAMLError, UnicodeDecodeError, TypeError, KeyError, AttributeError):
        raise UserError(f"{name} is not a kubeconfig.", _CORRECT) from None


@contextmanager
def _no_credentials_unsaid() -> Generator[None]:
    """A program that makes the token and fails is only logged by the client, which then asks as nobody."""
    said: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(" ".join(record.getMessage().split()))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
    if said:
        raise UserError(f"The kubeconfig's credentials cannot be obtained: {said[0]}", _LOG_IN)


def _lines(chunks: Iterable[bytes]) -> Generator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


class ApiClient:
    """The API of a context of a kubeconfig: of the current one, and of what KUBECONFIG or ~/.kube/config say."""

    def __init__(self, kubeconfig: Path | None, context: str | None = None) -> None:
        # A quarter of a second that only some commands need; and it comes without types.
        config: Any = import_module("kubernetes.config")
        file = str(kubeconfig) if kubeconfig else None
        with readable_kubeconfig(kubeconfig):
            try:
                with _no_credentials_unsaid():
                    self._client: Any = config.new_client_from_config(config_file=file, context=context)
            except config.ConfigException as error:
                raise UserError(f"The kubeconfig cannot be used: {error}", _CORRECT) from None
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
        status, text = self.answered(method, path, body=body, content=content, accept=accept)
        answer: dict[str, Any] = json.loads(text) if text.strip().startswith(b"{") else {}
        if status == HTTPStatus.NOT_FOUND and method in ("GET", "DELETE"):
            return None
        if status == HTTPStatus.UNAUTHORIZED:
            raise RefusedError(status, f"{self.host} does not accept the credentials of the kubeconfig.", _LOG_IN)
        if status >= HTTPStatus.BAD_REQUEST:
            raise RefusedError(status, answer.get("message") or text.decode(errors="replace")[:500])
        return answer

    def answered(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        content: str = "",
        accept: str = "application/json",
    ) -> tuple[int, bytes]:
        """The status and the bytes of any answer, as of a pod behind the server's proxy."""
        headers = {"Accept": accept, **({"Content-Type": content} if content else {})}
        request = self._client.param_serialize(
            method, path, header_params=headers, body=body, auth_settings=["BearerToken"]
        )
        try:
            response = self._client.call_api(*request, _request_timeout=WITHIN)
            return int(response.status), bytes(response.read())
        except Exception as error:
            if type(error).__module__.startswith(("urllib3", "kubernetes")):
                raise self._unreachable(error) from error
            raise

    def lines(self, path: str, within: float, *, accept: str = "application/json") -> Generator[dict[str, Any]]:
        """Each line of an answer that goes on, as it comes. Raises RefusedError, and UnreachableError where it breaks
        off or nothing comes for `within` seconds."""
        request = self._client.param_serialize(
            "GET", path, header_params={"Accept": accept}, auth_settings=["BearerToken"]
        )
        try:
            answer = self._client.call_api(*request, _request_timeout=(WITHIN, within)).response
            try:
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise RefusedError(answer.status, answer.read().decode(errors="replace")[:500])
                yield from (json.loads(line) for line in _lines(answer.stream()))
            finally:
                # What nobody reads to its end is no connection for the next question.
                answer.close()
        except Exception as error:
            if type(error).__module__.startswith(("urllib3", "kubernetes")):
                raise self._unreachable(error) from error
            raise

    def stream(self, path: str) -> Any:
        """An open websocket to a pod. Raises RefusedError with what the server says, UnreachableError."""
        _, url, headers, *_ = self._client.param_serialize("GET", path, auth_settings=["BearerToken"])
        try:
            return web_socket(self._client.configuration, url, headers)
        except WebSocketError as error:
            if error.status:
                raise RefusedError(error.status, str(error)) from None
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> UnreachableError:
        return UnreachableError(f"{self.host} cannot be reached: {error}", "Is the cluster still running?")
