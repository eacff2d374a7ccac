"""How is it told how often lint is right about other people's files? The page that tools/lint_accuracy.py writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from analyzer_recall import in_words

VERDICTS = ("true", "unknown", "false")
LOUD = ("error", "warning")


def table(verdicts: Mapping[tuple[str, str], int]) -> list[str]:
    """Findings by severity and verdict, and the share of those that are true."""
    lines = [
        "| severity | findings | true | cannot be known | false | not judged | precision |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for severity in LOUD:
        numbers = [verdicts.get((severity, name), 0) for name in (*VERDICTS, "unjudged")]
        total = sum(numbers)
        share = f"{100 * numbers[0] / total:.1f} %" if total else "-"
        lines.append(f"| {severity} | {total} | {' | '.join(str(each) for each in numbers)} | {share} |")
    return lines


def first_look(seen: dict[str, Any]) -> list[str]:
    """What lint said of repositories before a rule was changed for them: written down once, it cannot be repeated."""
    verdicts = {(severity, name): seen[severity][name] for severity in LOUD for name in VERDICTS}
    return [
        f"{len(seen['repositories'])} of the repositories, {seen['sets']} sets, with the rules of commit"
        f" {seen['rules']}:",
        "",
        *table(verdicts),
        "",
        f"Of these sets {seen['failing']} had an error; {seen['failing without a true error']} of those had none that"
        " is true.",
        *seen["notes"],
        "",
        "Those repositories: " + ", ".join(seen["repositories"]) + ".",
        "",
    ]


def page(data: dict[str, Any], verdicts: Counter[tuple[str, str]], sets: dict[str, int], met: Counter[str]) -> str:
    """The page, from what was measured."""
    lines = [
        "# How often is lint right about other people's files?",
        "",
        "<!-- Written by `python tools/lint_accuracy.py`. -->",
        "",
        f"{len(data['repositories'])} public repositories, {sets['all']} sets of files as they are applied.",
        "Errors and warnings are true, not to be known from the files, or false.",
        "A rule has one verdict for what it found, given after reading its findings and opening samples of the files,",
        "and exceptions where a finding is another; images, removed kinds and objects that are defined twice count as",
        "true. Folders that nobody applies whole, and those of tests and patches, are left out.",
        "A finding that several sets of a repository share counts once; infos are not counted.",
        "The repositories are brought by commit, and the judgements are in tools/lint_accuracy.json: whoever has a",
        "network, or mirrors, can run it again.",
        "",
        *table(verdicts),
        "",
        f"Of the {sets['all']} sets {sets['failing']} have an error; {sets['failing without a true error']} of those"
        " have none that is true.",
        "",
        "The rules were changed with these findings at hand, so on other repositories the share may be lower:",
        "",
        "## First looks at repositories that the rules had not seen",
        "",
        "The sets were taken from READMEs and scripts, and each error and warning was judged before any rule was",
        "changed. Where findings showed that a set was not what a README or a script applies, the set was corrected.",
        "This is the precision to expect of other people's files.",
        "",
        *(line for seen in data["looks"] for line in first_look(seen)),
        "## Recall",
        "",
        "Of what the tests of Istio's own analyzers expect, as far as files can tell it (tools/analyzer_recall.py),",
        f"lint meets this: {in_words(met)}.",
        "Of clean meshes with one defect each, tools/lint_mutants.py says how many lint finds.",
        "",
        "| repository | commit | sets |",
        "|---|---|---:|",
        *(f"| {each['name']} | {each['commit'][:12]} | {len(each['sets'])} |" for each in data["repositories"]),
        "",
    ]
    return "\n".join(lines)
