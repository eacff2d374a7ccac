"""How much of what lint says of public repositories is true? Brings them by commit, and writes docs/lint-accuracy.md.

    python tools/lint_accuracy.py [FOLDER]

FOLDER keeps the clones (default: ~/.cache/fairlead/repositories); a folder that is there already is not fetched again.
What was judged by hand is in tools/lint_accuracy.json: the sets of files as they are applied, and for each finding
whether it is true, cannot be known from the files, or is false. A finding that nobody judged counts as none of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fairlead.lint.linted import Placed  # noqa: E402
from fairlead.lint.object_lint import lint_objects  # noqa: E402

DATA = ROOT / "tools" / "lint_accuracy.json"
PAGE = ROOT / "docs" / "lint-accuracy.md"
VERDICTS = ("true", "unknown", "false")
LOUD = ("error", "warning")


def brought(name: str, commit: str, into: Path) -> Path:
    """The files of a repository at a commit."""
    folder = into / name.replace("/", "+")
    if not folder.exists():
        folder.mkdir(parents=True)
        for words in (
            ["init", "--quiet"],
            ["fetch", "--quiet", "--depth", "1", f"https://github.com/{name}", commit],
            ["checkout", "--quiet", "FETCH_HEAD"],
        ):
            subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


def key(found: Placed) -> str:
    """What tells a finding: its rule, file and line."""
    return f"{found.finding.rule} {found.file}:{found.place.line}"


def measured(data: dict[str, Any], into: Path) -> tuple[Counter[tuple[str, str]], list[str], dict[str, int]]:
    """Findings by severity and verdict, each once a repository; those that nobody judged; and sets by what they are."""
    verdicts: Counter[tuple[str, str]] = Counter()
    unjudged: list[str] = []
    sets = {"all": 0, "failing": 0, "failing without a true error": 0}
    for repository in data["repositories"]:
        folder = brought(repository["name"], repository["commit"], into)
        os.chdir(folder)
        seen: set[str] = set()
        for paths in repository["sets"]:
            linted = lint_objects([path for path in paths if Path(path).exists()])
            sets["all"] += 1
            errors = [each for each in linted.found if each.finding.severity == "error"]
            sets["failing"] += bool(errors)
            told = {verdict(repository, each) for each in errors}
            sets["failing without a true error"] += bool(errors) and "true" not in told
            for each in linted.found:
                if key(each) not in seen and each.finding.severity in LOUD:
                    seen.add(key(each))
                    given = verdict(repository, each)
                    verdicts[each.finding.severity, given] += 1
                    unjudged += [f"{repository['name']} {key(each)}"] if given == "unjudged" else []
    return verdicts, unjudged, sets


def verdict(repository: dict[str, Any], each: Placed) -> str:
    """What was judged of a finding."""
    return next((name for name in VERDICTS if key(each) in repository["judged"].get(name, ())), "unjudged")


def page(data: dict[str, Any], verdicts: Counter[tuple[str, str]], sets: dict[str, int]) -> str:
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
        "network can run it again. The recall on Istio's own analyzer data is not measured by this script.",
        "",
        "| severity | findings | true | cannot be known | false | not judged | precision |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for severity in LOUD:
        numbers = [verdicts[severity, name] for name in (*VERDICTS, "unjudged")]
        total = sum(numbers)
        share = f"{100 * numbers[0] / total:.1f} %" if total else "-"
        lines.append(f"| {severity} | {total} | {' | '.join(str(each) for each in numbers)} | {share} |")
    lines += [
        "",
        f"Of the {sets['all']} sets {sets['failing']} have an error; {sets['failing without a true error']} of those"
        " have none that is true.",
        "",
        "The rules were changed with these findings at hand, so on other repositories the share may be lower.",
        "",
        "| repository | commit | sets |",
        "|---|---|---:|",
        *(f"| {each['name']} | {each['commit'][:12]} | {len(each['sets'])} |" for each in data["repositories"]),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, write the page, and say what nobody judged yet."""
    default = Path.home() / ".cache" / "fairlead" / "repositories"
    into = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else default
    data = json.loads(DATA.read_text(encoding="utf-8"))
    verdicts, unjudged, sets = measured(data, into)
    PAGE.write_text(page(data, verdicts, sets), encoding="utf-8")
    for each in unjudged:
        print(f"not judged: {each}")


if __name__ == "__main__":
    main()
