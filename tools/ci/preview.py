"""What does Pulumi itself say of a stack? Its preview goes into the log, whole into a file, folded into the summary.

`python tools/ci/preview.py STACK --out FOLDER` writes `FOLDER/STACK.txt` and ends as `pulumi preview` does.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from stacks import stacks_here

COMMAND = ("pulumi", "preview", "--diff", "--non-interactive", "--color", "never", "--stack")
SUMMARY_BYTES = 900_000
"""GitHub drops a summary of more than 1 MiB."""


def preview(stack: str, path: Path) -> int:
    """Run the preview, line by line into the log and into a file; its exit code."""
    with path.open("w", encoding="utf-8") as file:
        try:
            process = subprocess.Popen(
                [*COMMAND, stack], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        except OSError as error:
            _tell(f"pulumi cannot be run: {error.strerror}.\n", file)
            return 1
        with process:
            for line in process.stdout or ():
                _tell(line.decode(errors="replace"), file)
    return process.returncode


def summary(stack: str, text: str, code: int) -> str:
    """A preview as Markdown; one that is too long is only named."""
    said = f"## pulumi preview of {stack}\n\n" + ("" if code == 0 else f"It ended with exit code {code}.\n\n")
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    whole = f"{said}<details><summary>Output</summary>\n\n{fence}text\n{text.strip()}\n{fence}\n\n</details>\n\n"
    if len(whole.encode()) > SUMMARY_BYTES:
        return f"{said}It is too long for this summary; it is in the artifact of this job.\n\n"
    return whole


def _tell(line: str, file: TextIO) -> None:
    print(line, end="", flush=True)
    file.write(line)


def main() -> int:
    """Preview one stack; 1 where it has no stack file."""
    parser = argparse.ArgumentParser(description="Run pulumi preview and keep what it says.")
    parser.add_argument("stack")
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER")
    given = parser.parse_args()
    stacks = stacks_here(Path.cwd())
    if given.stack not in stacks:
        print(f"error: there is no Pulumi.{given.stack}.yaml; the stacks are {', '.join(stacks)}.", file=sys.stderr)
        return 1
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / f"{given.stack}.txt"
    code = preview(given.stack, path)
    if target := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(summary(given.stack, path.read_text(encoding="utf-8"), code))
    return code


if __name__ == "__main__":
    sys.exit(main())
