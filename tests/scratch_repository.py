"""Where do tests of revisions commit? In a repository of their own, with the program as it is in this folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.evaluated import PROGRAM

PARTS = (".gitignore", "__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.local.yaml", "requirements.txt")
PACKAGES = ("components", "fairlead", "mesh", "tools")


class ScratchRepository:
    """A git repository whose first commit is the program of this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in PARTS:
            shutil.copy(PROGRAM / name, folder / name)
        for name in PACKAGES:
            shutil.copytree(PROGRAM / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("The program")

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(self.folder), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
