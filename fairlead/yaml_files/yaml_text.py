"""How is a stack file read and a rendering written? As YAML 1.2 for people, with problems that know their place."""

from __future__ import annotations

import io
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from fairlead.yaml_files.fast_yaml import UnusualYamlError, fast_yaml

_WIDTH = 120


class YamlProblemError(Exception):
    """Why a text is no YAML; `place` is `:line:column` where it is known."""

    def __init__(self, message: str, place: str = ""):
        super().__init__(message)
        self.place = place


def from_yaml(text: str) -> Any:
    """The one document of a text. Raises YamlProblemError."""
    try:
        return fast_yaml(text)
    except UnusualYamlError:
        return _as_ruamel_reads_it(text)


def _as_ruamel_reads_it(text: str) -> Any:
    yaml: Any = YAML(typ="safe", pure=True)
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        marked = cast("Any", error)
        mark = marked.problem_mark or marked.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise YamlProblemError(str(marked.problem or marked.context), place) from None
    except YAMLError as error:
        raise YamlProblemError(" ".join(str(error).split())) from None


def as_yaml(value: Any) -> str:
    """A plain value in block style, text of several lines as such."""
    yaml: Any = YAML()
    yaml.default_flow_style = False
    yaml.width = _WIDTH
    stream = io.StringIO()
    yaml.dump(_readable(value), stream)
    return stream.getvalue()


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _readable(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_readable(item) for item in cast("list[Any]", value)]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
