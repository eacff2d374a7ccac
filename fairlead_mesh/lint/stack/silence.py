"""Which findings does the stack file silence? Each entry by its rule, and by an object or a place if it names one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead_mesh.findings import Finding, joined
from fairlead_mesh.lint.rule import CONFIG_RULES
from fairlead_mesh.lint.stack.silence_config_rules import ignored_rules_exist
from fairlead_mesh.lint_settings import Ignored, LintSettings


@dataclass(frozen=True)
class Silenced:
    """Findings by whether an entry silences them; `unused` are findings about entries that silence nothing."""

    kept: list[Finding]
    silenced: list[Finding]
    unused: list[Finding]


def silenced(found: Sequence[Finding], settings: LintSettings) -> Silenced:
    """Divide what was found. A rule without which the program cannot be built is never silenced."""
    entries: dict[str, list[tuple[int, Ignored]]] = {}
    for index, entry in enumerate(settings.ignore):
        entries.setdefault(entry.rule, []).append((index, entry))
    used: set[int] = set()
    kept: list[Finding] = []
    left_out: list[Finding] = []
    for finding in found:
        own = CONFIG_RULES.get(finding.rule)
        fitting = [index for index, entry in entries.get(finding.rule, []) if _means(entry, finding)]
        if fitting and not (own and own.firm):
            used.update(fitting)
            left_out.append(finding)
        else:
            kept.append(finding)
    wrong = {finding.path[2] for finding in found if finding.rule == ignored_rules_exist.__name__}
    idle = [index for index in range(len(settings.ignore)) if index not in used and index not in wrong]
    return Silenced(kept, left_out, [_unused(index, settings.ignore[index]) for index in idle])


def _means(entry: Ignored, finding: Finding) -> bool:
    if entry.object:
        subjects = (finding.subject, *(each.subject for each in finding.related))
        return any(entry.object in _names(*subject) for subject in subjects if subject)
    if entry.path:
        place = finding.source or joined(finding.path)
        rest = place.removeprefix(entry.path)
        borders = "/" if finding.source else ".["
        return place.startswith(entry.path) and (not rest or rest[0] in borders or entry.path[-1] in borders)
    return True


def _names(kind: str, namespace: str, name: str) -> tuple[str, ...]:
    return (f"{kind} {namespace}/{name}",) if namespace else (f"{kind} {name}", f"{kind} default/{name}")


def _unused(index: int, entry: Ignored) -> Finding:
    message = f"{entry.rule} finds nothing {'there' if entry.object or entry.path else 'in this stack'} any more"
    path = ("lint", "ignore", index)
    return Finding(
        ignored_rules_exist.__name__, path, None, message, severity="warning", remedy="remove the entry, or fix it"
    )
