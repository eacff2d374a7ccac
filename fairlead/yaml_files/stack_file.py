"""What does a stack file say? Its config as the Pulumi CLI hands it to a program, with secrets never decrypted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from fairlead.evaluation.snapshot import SECRET

_SECURE = "secure"


@dataclass(frozen=True)
class StackFile:
    """The config of one stack: `config` has the file's full keys, such as `fairlead:istio`."""

    project: str
    stack: str
    path: Path
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    def program_config(self) -> dict[str, str]:
        """The config as a program gets it: text, structured values as JSON, a secret's place held by a word."""
        return {key: _as_text(value) for key, value in self.config.items()}

    def own_keys(self) -> dict[str, Any]:
        """The project's own keys, without its name, as the program reads them: what was structured is so again."""
        prefix = f"{self.project}:"
        own = {key: text for key, text in self.program_config().items() if key.startswith(prefix)}
        return {key.removeprefix(prefix): _value(text) for key, text in own.items()}

    def secret_keys(self) -> list[str]:
        return sorted(key for key, value in self.config.items() if has_secrets(value))

    def own_secret_keys(self) -> frozenset[str]:
        """Those of the project itself, without its name."""
        return frozenset(key.removeprefix(f"{self.project}:") for key in self.secret_keys())


def qualified(key: object, project: str) -> str:
    """A key of the config with its namespace: one that has none is the project's own, as for the Pulumi CLI."""
    return str(key) if ":" in str(key) else f"{project}:{key}"


def has_secrets(value: Any) -> bool:
    """Whether Pulumi has encrypted it, or a part of it."""
    if isinstance(value, dict):
        keys = cast("dict[str, Any]", value)
        return _is_encrypted(keys) or any(has_secrets(inner) for inner in keys.values())
    return isinstance(value, list) and any(has_secrets(inner) for inner in cast("list[Any]", value))


def _is_encrypted(keys: dict[str, Any]) -> bool:
    """As for Pulumi: a map with this one key and a text; `secure: true` is somebody's setting."""
    return set(keys) == {_SECURE} and isinstance(keys[_SECURE], str)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        keys = cast("dict[str, Any]", value)
        return SECRET if _is_encrypted(keys) else {key: _without_secrets(inner) for key, inner in keys.items()}
    return [_without_secrets(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value


def _as_text(value: Any) -> str:
    plain = _without_secrets(value)
    return plain if isinstance(plain, str) else json.dumps(plain, default=str)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
