"""What do all changes together do? Every watcher asked, what they say sorted: what could hurt most comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import chain
from pkgutil import walk_packages

from fairlead.comparison.comparison import Comparison
from fairlead.effects import __path__ as folder
from fairlead.effects.effect import Effect, Watcher
from fairlead.effects.requests.teller import told

_WATCHER = "_watcher"
_NOT_COMPARED = "cannot be compared for these objects ({}): no sentence has a request that proves it"


def _watchers() -> Iterator[tuple[str, Watcher]]:
    """The function `watch` of every file named `…_watcher`, by name, so that their order is the same everywhere."""
    found = (file.name for file in walk_packages(folder, f"{__package__}.") if file.name.endswith(_WATCHER))
    named = {path.rpartition(".")[2].removesuffix(_WATCHER): path for path in found}
    for name, path in sorted(named.items()):
        yield name, import_module(path).watch


WATCHERS: dict[str, Watcher] = dict(_watchers())


def effects(comparison: Comparison) -> tuple[Effect, ...]:
    """All effects of a comparison, each once: subjects by the worst that happens to them, a subject's own together."""
    said = chain.from_iterable(_asked(name, watch, comparison) for name, watch in WATCHERS.items())
    first = in_order(said)
    try:
        return in_order(told(first, comparison))
    except Exception as error:  # objects can be anything, and the sentences are worth having without their witnesses
        return (*first, Effect("requests", _NOT_COMPARED.format(type(error).__name__)))


def in_order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Each once; what could hurt most first, and what is said of one subject together."""
    by_subject: dict[str, list[Effect]] = defaultdict(list)
    worst: dict[tuple[str, str], Effect] = {}
    for each in effects:
        known = worst.setdefault((each.subject, each.text), each)
        worst[each.subject, each.text] = min(known, each, key=_rank)
    for each in worst.values():
        by_subject[each.subject].append(each)
    groups = sorted((sorted(group, key=_rank) for group in by_subject.values()), key=_rank_of_group)
    return tuple(chain.from_iterable(groups))


def _rank_of_group(group: list[Effect]) -> tuple[int, str]:
    return _rank(group[0])[0], group[0].subject


def _rank(effect: Effect) -> tuple[int, str, str]:
    return (effect.rank, effect.text, effect.advice)


def _asked(name: str, watch: Watcher, comparison: Comparison) -> list[Effect]:
    try:
        return list(watch(comparison))
    except Exception as error:  # objects can be anything, and the rest of a report is worth having
        what = name.replace("_", " ")
        return [Effect(what, f"cannot be described for these objects ({type(error).__name__}); read their diff")]
