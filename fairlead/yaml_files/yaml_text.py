"""How is a stack file read and a rendering written? As YAML 1.2 for people, with problems that know their place."""

from __future__ import annotations

import io
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString, SingleQuotedScalarString

from fairlead.yaml_files.fast_yaml import UnusualYamlError, fast_yaml
from fairlead_mesh.reading.limits import TooMuchError, hold_to_limits
from fairlead_mesh.reading.problems import YamlProblem, yaml_problem
from fairlead_mesh.reading.typed_scalars import with_places

_WIDTH = 120
_TRUTHS = frozenset(("y", "yes", "on", "n", "no", "off"))
"""Words that kubectl reads as booleans where they have no quotes, as YAML 1.1 does."""


class YamlProblemError(Exception):
    """Why a text is no YAML, or more than anybody writes."""

    def __init__(self, problem: YamlProblem):
        super().__init__(problem.message)
        self.problem = problem


def from_yaml(text: str) -> Any:
    """The one document of a text. Raises YamlProblemError."""
    try:
        try:
            return fast_yaml(text)
        except UnusualYamlError:
            return _as_ruamel_reads_it(text)
    except (YAMLError, TooMuchError, RecursionError, ValueError) as error:
        raise YamlProblemError(yaml_problem(error, text)) from None


def _as_ruamel_reads_it(text: str) -> Any:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Composer = _Silent
    yaml.Constructor = _WithinLimits
    return yaml.load(text)


_Composer: Any = Composer
_Constructor: Any = SafeConstructor


class _Silent(_Composer):
    """An anchor may be there twice, as for PyYAML; the warning of it repeats both lines of the text."""

    def __init__(self, loader: Any = None) -> None:
        base: Any = super()
        base.__init__(loader)
        self.warn_double_anchors = False


class _WithinLimits(_Constructor):
    """Values are made of nodes that are held to the limits before."""

    yaml_constructors = with_places(_Constructor.yaml_constructors, ConstructorError)

    def construct_document(self, node: Any) -> Any:
        hold_to_limits(node)
        base: Any = super()
        return base.construct_document(node)


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
        return {_readable(key): _readable(inner) for key, inner in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_readable(item) for item in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value
    if value.lower() in _TRUTHS:
        return SingleQuotedScalarString(value)
    return LiteralScalarString(value) if "\n" in value else value
