"""Which environment does a pull request have? Bring it up or down, and write what its comment says.

Usage: environment.py up NAME --from STACK --out FOLDER [--owner OWNER] [--domain DOMAIN]
       environment.py down NAME --out FOLDER
       environment.py reap

The packages of the program are there already: they are installed before anybody has credentials.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FAIRLEAD = (".venv/bin/python", "-m", "fairlead", "env")
MARKER = "<!-- fairlead environment -->"


def main() -> int:
    """The exit code of the command that was run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    up, down = verbs.add_parser("up"), verbs.add_parser("down")
    for each in (up, down):
        each.add_argument("name")
        each.add_argument("--out", type=Path, required=True)
    up.add_argument("--from", dest="source", required=True)
    up.add_argument("--owner", default="")
    up.add_argument("--domain", default="")
    verbs.add_parser("reap")
    said = parser.parse_args()
    if said.verb == "reap":
        return run("reap")
    if said.verb == "up":
        options = [(f"--{name}", value) for name in ("owner", "domain") if (value := getattr(said, name))]
        code = run("up", said.name, "--from", said.source, "--yes", *(word for each in options for word in each))
        found = environment(said.name) if code == 0 else None
        write(said.out, [text_of(found) if found else f"Environment {said.name} did not come up; see the log."])
        return code
    if environment(said.name) is None:
        print(f"There is no environment {said.name}.")
        return 0
    code = run("down", said.name, "--yes")
    write(said.out, [f"Environment {said.name} is gone." if code == 0 else f"Environment {said.name} is not gone yet."])
    return code


def run(*words: str) -> int:
    """The command's own output is the log's."""
    return subprocess.run([*FAIRLEAD, *words], check=False).returncode


def environment(name: str) -> dict[str, Any] | None:
    """What the backend has of this name."""
    done = subprocess.run(
        [*FAIRLEAD, "list", "--format", "json"], stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return next((each for each in json.loads(done.stdout) if each["name"] == name), None)


def text_of(found: dict[str, Any]) -> str:
    """What people read: where it answers, until when, and what it pays for."""
    lines = [f"Environment {found['name']} is up.", "", *(f"- `{url}`" for url in found["urls"])]
    if found["ends"]:
        lines += ["", f"It ends at {found['ends']}; each push begins its time again."]
    if found["loadBalancers"]:
        lines += ["", f"Load balancers: {', '.join(found['loadBalancers'])}."]
    return "\n".join(lines)


def write(folder: Path, lines: list[str]) -> None:
    """The comment, which the next job finds again by its first line."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "comment.md").write_text("\n".join([MARKER, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
