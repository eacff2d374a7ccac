"""What stands in a stack file? Read as the Pulumi CLI reads it, with overrides on top and secrets never decrypted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from fairlead.evaluation.snapshot import SECRET
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.yaml_text import YamlProblemError, from_yaml

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

    def secret_keys(self) -> list[str]:
        return sorted(key for key, value in self.config.items() if _is_secret(value))


def read_stack_file(
    program: Path, *, stack: str | None = None, config_file: Path | None = None, overrides: list[str] | None = None
) -> StackFile:
    """The config of `stack` in the folder `program`, or of any `config_file`, with `path=value` overrides.

    Raises UserError where the file is missing or is no YAML, or an override leads nowhere.
    """
    project = _project(program)
    path = config_file or program / f"Pulumi.{stack}.yaml"
    name = stack or path.stem.removeprefix("Pulumi.")
    document = _load(path, remedy=_remedy(program, config_file))
    keys: Any = document.get("config") or {}
    if not isinstance(keys, dict):
        raise UserError(f"{path}: config is no map of keys and values.", "Write the keys below config:, indented.")
    # A key without a namespace is the project's own, as for the Pulumi CLI.
    config = {
        str(key) if ":" in str(key) else f"{project}:{key}": value
        for key, value in cast("dict[Any, Any]", keys).items()
    }
    read = StackFile(project, name, path, config)
    for each in overrides or []:
        override(read, each)
    return read


def _project(program: Path) -> str:
    document = _load(program / "Pulumi.yaml", remedy="Run this in the folder of the program, or name it with --cwd.")
    return str(document.get("name"))


def _remedy(program: Path, config_file: Path | None) -> str:
    if config_file:
        return "Name an existing stack file with --config-file."
    stacks = sorted(path.name.split(".")[1] for path in program.glob("Pulumi.*.yaml"))
    return f"This folder has the stacks {', '.join(stacks)}; name one with --stack, or a file with --config-file."


def _load(path: Path, *, remedy: str) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.", remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.", remedy) from None
    try:
        document = from_yaml(text)
    except YamlProblemError as problem:
        raise UserError(f"{path}{problem.place}: this is no YAML: {problem}.", "Mend the line.") from None
    if document is not None and not isinstance(document, dict):
        raise UserError(f"{path}: a stack file is a map with the key config.", "Write config: and the keys below it.")
    return cast("dict[str, Any]", document or {})


def _is_secret(value: Any) -> bool:
    if isinstance(value, dict):
        keys = cast("dict[str, Any]", value)
        return set(keys) == {_SECURE} or any(_is_secret(inner) for inner in keys.values())
    return isinstance(value, list) and any(_is_secret(inner) for inner in cast("list[Any]", value))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        keys = cast("dict[str, Any]", value)
        return SECRET if set(keys) == {_SECURE} else {key: _without_secrets(inner) for key, inner in keys.items()}
    return [_without_secrets(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value


def _as_text(value: Any) -> str:
    plain = _without_secrets(value)
    return plain if isinstance(plain, str) else json.dumps(plain, default=str)


def override(stack_file: StackFile, text: str) -> None:
    """`cluster.kubeconfig.context=kind` sets that one value; the value is read as YAML. Raises UserError."""
    path, separator, value = text.partition("=")
    keys = path.split(".")
    if not separator or not all(keys):
        raise UserError(
            f"--set {text} is no path=value.", "Write for example --set cluster.kubeconfig.context=kind-dev"
        )
    first = keys[0] if ":" in keys[0] else f"{stack_file.project}:{keys[0]}"
    place: Any = stack_file.config
    for key, following in zip([first, *keys[1:-1]], keys[1:], strict=False):
        place = _step(place, key, text, following)
    _set(place, first if len(keys) == 1 else keys[-1], _override_value(value, text), text)


def _step(place: Any, key: str, text: str, following: str) -> Any:
    if isinstance(place, list):
        return _item(cast("list[Any]", place), key, text)
    if place.get(key) is None:
        place[key] = {}
    if not isinstance(place[key], dict | list):
        raise UserError(f"--set {text}: {key} holds a plain value, so it has no {following}.", "Shorten the path.")
    return place[key]


def _item(items: list[Any], key: str, text: str) -> Any:
    """An item of a list, by its place or its name."""
    if key.isdigit() and int(key) < len(items):
        return items[int(key)]
    for item in items:
        if isinstance(item, dict) and cast("dict[str, Any]", item).get("name") == key:
            return cast("Any", item)
    raise UserError(f"--set {text}: there is no item {key}.", "Name an item of the list, or its place from 0.")


def _override_value(value: str, text: str) -> Any:
    try:
        return from_yaml(value)
    except YamlProblemError as problem:
        raise UserError(f"--set {text}: the value is no YAML: {problem}.", "Quote it for YAML.") from None


def _set(place: Any, key: str, value: Any, text: str) -> None:
    if isinstance(place, list):
        raise UserError(f"--set {text} would replace a whole item of a list.", "Name one of its keys behind it.")
    place[key] = value
