"""Which documents does a YAML text hold? Read as Kubernetes reads it, fast enough for Istio's definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import yaml

from fairlead_mesh.model.objects.yaml_values import as_map, plain_value
from fairlead_mesh.reading.duplicate_keys import DuplicateKey, duplicate_keys
from fairlead_mesh.reading.limits import TooMuchError, hold_to_limits
from fairlead_mesh.reading.simple_documents import NotSimpleError, simple_documents
from fairlead_mesh.reading.typed_scalars import with_places

if TYPE_CHECKING:
    from fairlead_mesh.reading.roots import Roots, Steps

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LIST = "List"
Kept = Callable[[Any], Any]
"""What makes the value that is kept of one as JSON knows it."""
Found = tuple[Any, list[DuplicateKey]]
UNREADABLE = (yaml.YAMLError, TooMuchError, ValueError, RecursionError)
"""What reading a text raises where it is no YAML, or more than anybody writes."""


class _Parts:
    """A text that the parser asks for bit by bit, so that it keeps no copy of the whole."""

    def __init__(self, text: str):
        self._text = text
        self._at = 0

    def read(self, size: int) -> str:
        """The next part; nothing at the end."""
        part = self._text[self._at : self._at + size]
        self._at += len(part)
        return part


_TEXT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
"""What YAML 1.1 takes for more than text and Kubernetes does not: days, and `=`, which is in the Prometheus Operator's
definitions."""


class _KubernetesLoader(_Fast):
    """YAML as JSON knows it: a date stays the text it is."""


_KubernetesLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXT]
    for first, resolvers in _Fast.yaml_implicit_resolvers.items()
}
_KubernetesLoader.yaml_constructors = with_places(_Fast.yaml_constructors, yaml.constructor.ConstructorError)


def documents(text: str, kept: Kept | None = None) -> Iterator[tuple[Any, Any]]:
    """Every document that is not empty, with the node that it was made of, or its extent. Raises one of UNREADABLE."""
    loader: Any = _KubernetesLoader(_Parts(text))
    try:
        simple = simple_documents(loader, kept)
    except (NotSimpleError, *UNREADABLE):
        yield from _composed(text, kept)
    else:
        yield from simple
    finally:
        loader.dispose()


def _composed(text: str, kept: Kept | None) -> Iterator[tuple[Any, Any]]:
    loader: Any = _KubernetesLoader(_Parts(text))
    try:
        while loader.check_node():
            root = loader.get_node()
            hold_to_limits(root)
            value = plain_value(loader.construct_document(root))
            if kept is not None:
                value = kept(value)
            if value is not None:
                yield value, root
    finally:
        loader.dispose()


def nodes(text: str) -> Iterator[Any]:
    """The nodes of a text's documents. Raises one of UNREADABLE."""
    loader = _Fast(text)
    try:
        while loader.check_node():
            yield loader.get_node()
    finally:
        loader.dispose()


def each_object(text: str, kept: Kept | None = None, roots: Roots | None = None) -> Iterator[Found]:
    """Every document, a list's items one by one, with the keys that are written twice in it; a list's are told with its
    first. Their places are added to `roots`. Raises one of UNREADABLE."""
    for value, node in documents(text, kept):
        twice = list(duplicate_keys(node))
        place = roots.begin(node) if roots is not None else (0, 0, 0)
        for each, steps in _expanded(value, ()):
            if roots is not None:
                roots.append(place, steps)
            yield each, twice
            twice = []


def yaml_objects(text: str) -> list[dict[str, Any]]:
    """Every map of the text, a list's items one by one. Raises one of UNREADABLE."""
    found = (each for value, _ in documents(text) for each, _ in _expanded(value, ()))
    return [cast("dict[str, Any]", value) for value in found if isinstance(value, dict)]


def _expanded(value: Any, steps: Steps) -> Iterator[tuple[Any, Steps]]:
    fields = as_map(value)
    kind = str(fields.get("kind"))
    if not kind.endswith(_LIST) or not isinstance(fields.get("items"), list):
        yield value, steps
        return
    of_the_list = {"apiVersion": fields.get("apiVersion"), "kind": kind.removesuffix(_LIST)}
    for index, item in enumerate(cast("list[Any]", fields["items"])):
        # As kubectl reads it: items of a SecretList without a kind are Secrets.
        infers = isinstance(item, dict) and "kind" not in item and of_the_list["kind"]
        whole = {**of_the_list, **as_map(item)} if infers else cast("Any", item)
        yield from _expanded(whole, (*steps, "items", index))
