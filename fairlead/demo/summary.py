"""What did the demo show? How long each phase took, what took part, what was skipped and what is left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fairlead.cluster.answers import Ref
from fairlead.demo.leftovers import Leftovers
from fairlead.demo.plan import Skip, title
from fairlead.demo.trial import Trial

Fact = tuple[str, str]


def print_facts(console: Console, seconds: Mapping[str, float], facts: Iterable[Fact]) -> None:
    """The timings as a table, and below it what else is worth knowing."""
    table = Table(title="Summary", title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, taken in seconds.items():
        table.add_row(name, f"{taken:.1f} s")
    table.add_row("In all", f"{sum(seconds.values()):.1f} s", style="bold")
    console.print(table)
    for name, text in facts:
        console.print(Text(f" {name}: {text}"), soft_wrap=True)


def print_verdict(console: Console, wrong: Sequence[str], skipped: int = 0) -> None:
    """Everything that is not as it should be, or that nothing is; and that not everything took part."""
    for each in wrong:
        console.print(Text(f" {each}", "red"), soft_wrap=True)
    verdict = f"{len(wrong)} not as expected." if wrong else "Everything is as expected."
    missing = f" Skipped: {skipped}, listed above." if skipped else ""
    console.print(Text(verdict + missing, "bold red" if wrong else "bold green"))


def trial_facts(trial: Trial, left_out: Sequence[Skip], left: Leftovers | None) -> Iterator[Fact]:
    """What took part in a trial, what did not and why, and what is left of it."""
    releases = sum(applied.resource.is_release for applied in trial.up.values())
    objects = sum(len(applied.sent) for applied in trial.up.values())
    yield (
        "Created",
        f"{releases} Releases and {len(trial.up) - releases} objects of the stack; {objects} objects in all",
    )
    yield from stand_in_facts(trial.applier.stand_ins)
    for skip in trial.skipped:
        waiting = [each.resource for each in trial.up.values() if skip.resource.urn in each.resource.dependencies]
        after = f"; created without it: {', '.join(map(title, waiting))}" if waiting else ""
        yield f"Skipped {title(skip.resource)}", skip.reason + after
    yield from left_out_facts(left_out)
    if left is not None:
        yield from left_facts(left)


def stand_in_facts(stand_ins: Mapping[str, str]) -> Iterator[Fact]:
    """Which charts are not the configured ones."""
    charts: defaultdict[str, list[str]] = defaultdict(list)
    for chart, stands_in in sorted(stand_ins.items()):
        charts[stands_in].append(chart)
    for stands_in, names in charts.items():
        yield f"Charts {', '.join(names)}", stands_in


def left_out_facts(left_out: Sequence[Skip]) -> Iterator[Fact]:
    """What could not take part, counted by type."""
    for (kind, reason), number in sorted(Counter((each.resource.type, each.reason) for each in left_out).items()):
        yield "Not part of the demo", f"{number} of {kind}: {reason}"


def left_facts(left: Leftovers) -> Iterator[Fact]:
    """What is left, by whether it may be."""
    yield "Kept by chart policy", _counted(left.kept) or "nothing"
    yield "Also left", ", ".join(left.stray) or "nothing"


def _counted(kept: Sequence[Ref]) -> str:
    return ", ".join(f"{number} {kind}s" for kind, number in sorted(Counter(ref.kind for ref in kept).items()))
