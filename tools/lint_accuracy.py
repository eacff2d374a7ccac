"""How much of what lint says of public repositories is true? Brings them by commit, and writes docs/lint-accuracy.md.

    python tools/lint_accuracy.py [FOLDER] [--from URL]

FOLDER keeps the clones (default: ~/.cache/fairlead/repositories); a commit that is there already is not fetched again.
URL is where they come from, with the names in it: by default https://github.com/{owner}/{repository}; of mirrors on
this machine, file:///mirrors/{owner}/{repository}.git.
What was judged by hand is in tools/lint_accuracy.json: the sets of files as they are applied, and for each finding
whether it is true, cannot be known from the files, or is false. A finding that nobody judged counts as none of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from accuracy_page import LOUD, VERDICTS, page  # noqa: E402
from analyzer_recall import Clone, judged  # noqa: E402

from fairlead.lint.linted import Placed  # noqa: E402
from fairlead.lint.object_lint import lint_objects  # noqa: E402

DATA = ROOT / "tools" / "lint_accuracy.json"
PAGE = ROOT / "docs" / "lint-accuracy.md"
_LOCAL = "file://"
_NO_CONFIGURATION = (
    *("css", "gif", "go", "html", "ico", "ipynb", "java", "jpeg", "jpg", "js", "md", "mp4"),
    *("pdf", "png", "proto", "py", "rs", "sum", "svg", "ts", "tsx", "zip"),
)


def brought(name: str, commit: str, into: Path, url: str) -> Path:
    """The files of a repository at a commit. Exits where they cannot be had."""
    folder = into / name.replace("/", "+")
    owner, _, repository = name.partition("/")
    head = _git(folder, "rev-parse", "HEAD") if folder.exists() else None
    if head is None or head.stdout.strip() != commit:
        folder.mkdir(parents=True, exist_ok=True)
        source = url.format(owner=owner, repository=repository)
        for words in _ways(source, commit):
            done = _git(folder, *words)
            # Of a mirror on this machine, large files that are no YAML may be missing: the rest is there then.
            if done.returncode and not (source.startswith(_LOCAL) and words[0] == "checkout"):
                why = (done.stderr.strip().splitlines() or ["git says nothing"])[-1]
                raise SystemExit(f"{name} at {commit} cannot be had from {source}: {why}")
    return folder


def _ways(source: str, commit: str) -> list[list[str]]:
    """The commands by which a commit is brought, less what is no configuration; of a repository on this machine, no
    object is copied."""
    begin = [["init", "--quiet"], ["fetch", "--quiet", "--depth", "1", source, commit]]
    if source.startswith(_LOCAL):
        begin = [["clone", "--quiet", "--shared", "--no-checkout", source.removeprefix(_LOCAL), "."]]
    chosen = ["sparse-checkout", "set", "--no-cone", "/*", *(f"!*.{end}" for end in _NO_CONFIGURATION), "!vendor/"]
    return [*begin, chosen, ["checkout", "--quiet", "--force", commit]]


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(folder), *words], check=False, capture_output=True, text=True)


def key(found: Placed) -> str:
    """What tells a finding: its rule, file and line."""
    return f"{found.finding.rule} {found.file}:{found.place.line}"


def measured(data: dict[str, Any], into: Path, url: str) -> tuple[Counter[tuple[str, str]], list[str], dict[str, int]]:
    """Findings by severity and verdict, each once a repository; those that nobody judged; and sets by what they are."""
    verdicts: Counter[tuple[str, str]] = Counter()
    unjudged: list[str] = []
    sets = {"all": 0, "failing": 0, "failing without a true error": 0}
    for repository in data["repositories"]:
        folder = brought(repository["name"], repository["commit"], into, url)
        os.chdir(folder)
        seen: set[str] = set()
        for chosen in repository["sets"]:
            # A set that is applied with `kubectl apply -n` names that namespace too.
            paths, namespace = (chosen["paths"], chosen["namespace"]) if isinstance(chosen, dict) else (chosen, "")
            linted = lint_objects([path for path in paths if Path(path).exists()], namespace=namespace)
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


def recall(data: dict[str, Any], into: Path, url: str) -> Counter[str]:
    """How Istio's own analyzer tests are met, at the commit of its repository."""
    (istio,) = (each for each in data["repositories"] if each["name"] == "istio/istio")
    clone = Clone(brought(istio["name"], istio["commit"], into, url), istio["commit"])
    return Counter(how for _, how, _ in judged(clone))


def main() -> None:
    """Measure, write the page, and say what nobody judged yet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path.home() / ".cache" / "fairlead" / "repositories")
    parser.add_argument("--from", dest="url", default="https://github.com/{owner}/{repository}")
    wanted = parser.parse_args()
    into = wanted.folder.resolve()
    data = json.loads(DATA.read_text(encoding="utf-8"))
    met = recall(data, into, wanted.url)
    verdicts, unjudged, sets = measured(data, into, wanted.url)
    PAGE.write_text(page(data, verdicts, sets, met), encoding="utf-8")
    for each in unjudged:
        print(f"not judged: {each}")


if __name__ == "__main__":
    main()
