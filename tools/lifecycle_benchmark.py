"""How long do `up` and `down` take? The real engine beside helm and kubectl, which do the same one after the other.

Both go to the same API server of the demo, in turns. No pod runs there, so that neither waits for one: what is measured
is what the two do themselves. `python tools/benchmark.py lifecycle` prints this part of the page alone.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "helloworld-subsets"
STACK = "benchmark"
_SKIPPED = "## Up and down\n\nNot measured: {}.\n"
_NAMESPACES_REST = 6.0
"""Seconds. The namespace controller lets 5 pass between an event of a namespace and its deletion (Kubernetes,
pkg/controller/namespace/namespace_controller.go); what it still has from a namespace of the same name that was deleted
just before would let this one go at once."""


def lifecycle_section(runs: int) -> str:
    """The part of the page, or why there is none."""
    from fairlead.cluster.api_server import ApiServer  # noqa: PLC0415 - not needed by the other measurements
    from fairlead.cluster.toolchain import Toolchain  # noqa: PLC0415
    from fairlead.demo.engine import unavailable  # noqa: PLC0415

    if missing := unavailable() or ("" if shutil.which("kubectl") else "kubectl is not on PATH"):
        return _SKIPPED.format(missing)
    toolchain = Toolchain()
    taken: dict[str, list[float]] = {}
    with ApiServer(toolchain.servers()) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            with _project(Path(folder) / str(number), toolchain, server.kubeconfig) as (command, snapshot):
                _measure(taken, command, _Plain(toolchain, server.kubeconfig, snapshot))
            print(f"up and down: run {number + 1} of {runs}", file=sys.stderr)
    return _section({what: statistics.median(seconds) for what, seconds in taken.items()}, runs)


def _measure(taken: dict[str, list[float]], command: Callable[..., Any], plain: _Plain) -> None:
    def timed(what: str, work: Callable[[], object]) -> None:
        begin = time.perf_counter()
        work()
        taken.setdefault(what, []).append(time.perf_counter() - begin)

    def gone(what: str, work: Callable[[], object]) -> None:
        time.sleep(_NAMESPACES_REST)
        timed(what, work)

    timed("helm up", plain.up)
    gone("helm down", plain.down)
    timed("up", lambda: command("up"))
    timed("pulumi preview", lambda: command("pulumi preview"))
    timed("up without a change", lambda: command("up"))
    gone("down", lambda: command("down"))
    timed("pulumi up", lambda: command("pulumi up"))
    gone("pulumi destroy", lambda: command("pulumi destroy"))


@contextmanager
def _project(folder: Path, toolchain: Any, kubeconfig: Path) -> Iterator[tuple[Callable[..., Any], Any]]:
    """A copy of the program with one stack, its state beside it."""
    import yaml  # noqa: PLC0415

    from fairlead.demo.config import on_server, write_config  # noqa: PLC0415
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415
    from fairlead.yaml_files.stack_reader import read_stack_file  # noqa: PLC0415

    project = folder / "project"
    for name in ("components", "fairlead_mesh"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "__main__.py", project / "__main__.py")
    described = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    (project / "Pulumi.yaml").write_text(json.dumps(described | {"runtime": {"name": "python"}}))
    (folder / "state").mkdir()
    original = read_stack_file(ROOT, config_file=ROOT / "examples" / f"{EXAMPLE}.yaml")
    charts = toolchain.istio_charts()
    stack = on_server(original, kubeconfig=kubeconfig, context="fairlead-demo", charts=charts, wait=False)
    write_config(stack, project / f"Pulumi.{STACK}.yaml")
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(16),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def command(verb: str) -> None:
        if verb.startswith("pulumi"):
            unasked = [] if verb == "pulumi preview" else ["--yes", "--skip-preview"]
            _run([*verb.split(), "--stack", STACK, "--non-interactive", *unasked], env, project)
        else:
            _run([sys.executable, "-m", "fairlead", verb, "--yes", "--stack", STACK, "--cwd", str(project)], env, ROOT)

    _run(["pulumi", "stack", "init", STACK, "--non-interactive"], env, project)
    yield command, evaluate(ROOT, stack)


class _Plain:
    """The same releases and objects by helm and kubectl, in the order that their documentation has."""

    def __init__(self, toolchain: Any, kubeconfig: Path, snapshot: Any) -> None:
        self._helm, self._env = str(toolchain.helm()), {**os.environ, "KUBECONFIG": str(kubeconfig)}
        self._releases = [each.inputs for each in snapshot.releases]
        objects = [each.inputs for each in snapshot.resources if each.is_kubernetes_object]
        self._namespaces = [each for each in objects if each["kind"] == "Namespace"]
        self._others = [each for each in objects if each["kind"] != "Namespace"]

    def up(self) -> None:
        self._kubectl("apply", self._namespaces)
        for each in self._releases:
            options = ["--namespace", each["namespace"], "--values", "-", "--no-hooks"]
            self._run([self._helm, "install", each["name"], each["chart"], *options], each.get("values") or {})
        self._kubectl("apply", self._others)

    def down(self) -> None:
        self._kubectl("delete", self._others)
        for each in reversed(self._releases):
            self._run([self._helm, "uninstall", each["name"], "--namespace", each["namespace"], "--wait"])
        self._kubectl("delete", self._namespaces)

    def _kubectl(self, verb: str, objects: list[Any]) -> None:
        self._run(["kubectl", verb, "--filename", "-"], {"apiVersion": "v1", "kind": "List", "items": objects})

    def _run(self, command: list[str], given: Any = None) -> None:
        _run(command, self._env, ROOT, json.dumps(given) if given is not None else None)


def _run(command: list[str], env: dict[str, str], folder: Path, given: str | None = None) -> None:
    done = subprocess.run(command, cwd=folder, env=env, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


_HELM_UP, _HELM_DOWN = "helm install, kubectl apply", "kubectl delete, helm uninstall"
_ROWS = (
    ("up", "helm up", _HELM_UP, 0.85),
    ("up without a change", "pulumi preview", "pulumi preview", 1.3),
    ("down", "helm down", _HELM_DOWN, 1.0),
    ("up", "pulumi up", "pulumi up", None),
    ("down", "pulumi destroy", "pulumi destroy", None),
)
"""Ours, what it is measured beside, its name, and the target of the ratio; none where it only says what the engine
takes, whatever starts it."""


def _section(taken: dict[str, float], runs: int) -> str:
    rows = [
        f"| `fairlead {what}` | {taken[what]:.1f} s | {named} | {taken[other]:.1f} s "
        f"| {taken[what] / taken[other]:.2f} | {f'{target:.2f}' if target else '-'} |"
        for what, other, named, target in _ROWS
    ]
    return _TEXT.format(rows="\n".join(rows), runs=runs, example=EXAMPLE)


_TEXT = """## Up and down

The stack of [{example}](../examples/{example}.yaml) on the demo's API server, where no pod runs: the real engine
with repairs, checks and proof, beside helm and kubectl one after the other, and beside the engine alone. Medians of
{runs} runs in turns. Before each down there is a pause: Kubernetes deletes a namespace 5 s after it was asked, except
where the timer of an earlier one of the same name still runs.

| Command | Seconds | Beside it | Seconds | Ratio | Target |
|---|---|---|---|---|---|
{rows}
"""
