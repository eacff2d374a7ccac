"""What does Helm do with one chart? Pull, render, install, read back, uninstall: the helm program, told everything."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from fairlead.cluster.child import run
from fairlead.terminal.errors import UserError, disk_full
from fairlead_mesh.reading.documents import UNREADABLE, yaml_objects
from fairlead_mesh.reading.problems import yaml_problem

OWN = ("HELM_KUBE", "HELM_NAMESPACE", "HELM_DRIVER", "KUBECONFIG")
INSTALL_WITHIN = 120.0


class HelmError(UserError):
    """What helm wrote when it failed."""


class Helm:
    """The helm program on one cluster; without a kubeconfig it can only pull and render."""

    def __init__(self, program: Path, kubeconfig: Path | None = None) -> None:
        self.program = program
        # Nothing in the environment may lead Helm to another cluster.
        self._env = {key: value for key, value in os.environ.items() if not key.startswith(OWN)}
        self._env["KUBECONFIG"] = str(kubeconfig or os.devnull)

    def pull(self, chart: str, repository: str, version: str, into: Path, within: float) -> Path:
        options = [*(("--repo", repository) if repository else ()), *(("--version", version) if version else ())]
        self._helm(["pull", chart, *options, "--destination", str(into)], within=within)
        return next(into.glob("*.tgz"))

    def template(
        self, name: str, namespace: str, chart: Path, values: Mapping[str, Any], kubernetes: str
    ) -> list[dict[str, Any]]:
        """The chart's objects, its definitions and hooks included."""
        options = ["--include-crds", "--kube-version", kubernetes, "--namespace", namespace, "--values", "-"]
        return _objects(self._helm(["template", name, str(chart), *options], stdin=json.dumps(values)), str(chart))

    def install(self, name: str, namespace: str, chart: Path, values: Mapping[str, Any], *, skip_crds: bool) -> None:
        """Install or upgrade. Hooks are left out: a hook's Job would wait for its pod, and no pods run."""
        options = ["--install", "--no-hooks", "--namespace", namespace, "--values", "-"]
        options += ["--skip-crds"] if skip_crds else []
        self._helm(["upgrade", name, str(chart), *options], stdin=json.dumps(values))

    def uninstall(self, name: str, namespace: str) -> None:
        self._helm(["uninstall", name, "--namespace", namespace, "--no-hooks", "--ignore-not-found"])

    def manifest(self, name: str, namespace: str) -> list[dict[str, Any]]:
        """The objects that the release installed, as Helm has them on record."""
        return _objects(self._helm(["get", "manifest", name, "--namespace", namespace]), name)

    def releases(self) -> list[str]:
        listed: Any = json.loads(self._helm(["list", "--all", "--all-namespaces", "--output", "json"]) or "[]")
        return [f"{each['namespace']}/{each['name']}" for each in cast("list[dict[str, str]]", listed)]

    def _helm(self, arguments: list[str], *, stdin: str | None = None, within: float = INSTALL_WITHIN) -> str:
        try:
            done = run([self.program, *arguments], stdin=stdin, env=self._env, timeout=within)
        except subprocess.TimeoutExpired as error:
            raise HelmError(f"helm {arguments[0]} {arguments[1]} took longer than {within:.0f} s.") from error
        if done.returncode == 0:
            return done.stdout
        said = done.stderr.strip() or f"exit code {done.returncode}"
        if "no space left on device" in said:
            raise disk_full("Helm's files")
        raise HelmError(f"helm {arguments[0]} {arguments[1]}: {said.removeprefix('Error: ')[-1500:]}")


def _objects(text: str, what: str) -> list[dict[str, Any]]:
    try:
        return yaml_objects(text)
    except UNREADABLE as error:
        raise HelmError(f"what Helm makes of {what} cannot be read: {yaml_problem(error, text).message}") from None
