"""How does the stack run through the Pulumi engine? The CLI, with its state in a folder and nobody else's touched."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from fairlead.cluster.child import run, run_watched
from fairlead.lifecycle.engine.engine import tell_step
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress

CLI = "pulumi"
PLUGIN = "pulumi-resource-kubernetes"
PROGRAM = Path(__file__).resolve().parents[2]
SECRETS_OF_A_STACK = ("encryptionsalt:", "secretsprovider:", "encryptedkey:")


def unavailable(env: Mapping[str, str] = os.environ) -> str:
    """Why the engine cannot run here; empty if it can."""
    path = env.get("PATH", "")
    if not shutil.which(CLI, path=path):
        return "the pulumi CLI is not on PATH"
    if shutil.which(PLUGIN, path=path):
        return ""
    listed = run([CLI, "plugin", "ls", "--json"], env={**env, "PULUMI_SKIP_UPDATE_CHECK": "true"}, timeout=60)
    plugins = cast("list[dict[str, Any]]", json.loads(listed.stdout or "[]") if listed.returncode == 0 else [])
    found = any(each.get("name") == "kubernetes" and each.get("kind") == "resource" for each in plugins)
    return "" if found else "the pulumi CLI has no Kubernetes plugin"


@dataclass
class Engine:
    """One stack of this program with its state in `folder`; the cluster is the one that its config names."""

    folder: Path
    stack: str
    progress: Progress
    program: Path = PROGRAM
    kubeconfig: Path = Path(os.devnull)
    passphrase: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def _project(self) -> Path:
        return self.folder / "project"

    @property
    def _config(self) -> Path:
        return self._project / f"Pulumi.{self.stack}.yaml"

    def init(self) -> None:
        """A project beside the real one whose program is the real one, so that no file is written there."""
        project = cast("dict[str, Any]", yaml.safe_load((self.program / "Pulumi.yaml").read_text(encoding="utf-8")))
        # The interpreter that runs this, wherever its packages are.
        project |= {"main": str(self.program), "runtime": {"name": "python"}}
        self._project.mkdir(parents=True)
        (self.folder / "state").mkdir()
        (self.folder / "temporary").mkdir()
        (self._project / "Pulumi.yaml").write_text(json.dumps(project), encoding="utf-8")
        self._cli("stack", "init", "--stack", self.stack, "--no-select", "--secrets-provider", "passphrase")

    def up(self, config: Path) -> dict[str, int]:
        """Apply this config; how many resources were created, updated, deleted or stayed the same."""
        self._use(config)
        self._watch("up", "--yes", "--skip-preview")
        return self._last_changes()

    def preview(self, config: Path) -> dict[str, Any]:
        """What the engine would do, as `pulumi preview --json` has it."""
        self._use(config)
        return cast("dict[str, Any]", json.loads(self._cli("preview", "--json", "--stack", self.stack)))

    def destroy(self) -> dict[str, int]:
        self._watch("destroy", "--yes", "--skip-preview")
        return self._last_changes()

    def outputs(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self._cli("stack", "output", "--json", "--stack", self.stack)))

    def resources(self) -> list[dict[str, Any]]:
        """What the engine's state holds; the stack itself, without anything in it, counts as nothing."""
        state: Any = json.loads(self._cli("stack", "export", "--stack", self.stack))
        return state["deployment"].get("resources") or []

    def _use(self, config: Path) -> None:
        theirs = [
            line for line in config.read_text(encoding="utf-8").splitlines() if not line.startswith(SECRETS_OF_A_STACK)
        ]
        ours = [
            line
            for line in self._config.read_text(encoding="utf-8").splitlines()
            if line.startswith(SECRETS_OF_A_STACK)
        ]
        self._config.write_text("\n".join([*theirs, *ours, ""]), encoding="utf-8")

    def _last_changes(self) -> dict[str, int]:
        page = ("--page-size", "1", "--page", "1")
        history: Any = json.loads(self._cli("stack", "history", "--json", *page, "--stack", self.stack))
        return cast("dict[str, int]", history[0].get("resourceChanges") or {})

    def _watch(self, *arguments: str) -> None:
        said: list[str] = []

        def on_line(line: str) -> None:
            said.append(line)
            tell_step(line, self.progress)

        command = [CLI, *arguments, "--stack", self.stack, "--non-interactive", "--color", "never"]
        if code := run_watched(command, on_line, env=self._env(), cwd=self._project):
            start = said.index("Diagnostics:") if "Diagnostics:" in said else -20
            raise UserError("\n".join([f"pulumi {arguments[0]} ended with {code}.", *said[start:]]).rstrip())

    def _cli(self, *arguments: str) -> str:
        done = run([CLI, *arguments, "--non-interactive"], env=self._env(), cwd=self._project, timeout=600)
        if done.returncode:
            raise UserError(f"pulumi {' '.join(arguments[:2])}: {(done.stderr.strip() or done.stdout.strip())[-3000:]}")
        return done.stdout

    def _env(self) -> dict[str, str]:
        """The user's own environment, so that the plugins are found; but no other state, stack or cluster."""
        mine = {key: value for key, value in os.environ.items() if key not in ("PULUMI_STACK", "KUBECONFIG")}
        return mine | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "KUBECONFIG": str(self.kubeconfig),
            # The Kubernetes plugin leaves copies of the kubeconfig behind.
            "TMPDIR": str(self.folder / "temporary"),
        }
