"""How fast is an evaluation? fairlead beside a plain Pulumi program that registers the same resources by hand.

Every measurement is a fresh process, the two programs take turns, and both run under the same recording monitor.
`python tools/benchmark.py` writes docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark_page import Run, page
from diff_benchmark import APPS, diff_section
from lifecycle_benchmark import lifecycle_section
from lint_benchmark import LINT_SIZES, LintRun, lint_section, measure_lint
from object_benchmark import lint_folder, object_section
from picture_benchmark import DRAWN, PICTURE_SIZES, PictureRun, measure_picture, picture_section
from request_benchmark import measure_requests, request_section

if TYPE_CHECKING:
    from fairlead.evaluation.snapshot import Snapshot

HERE = Path(__file__).parent
ROOT = HERE.parent
PROGRAMS = {"fairlead": ROOT, "plain": HERE / "plain_program"}
SIZES = (1, 10, 100, 1000)
RUNS = 5
SHORT_RUNS = 20
ROUNDS = 3
KIBIBYTES_PER_MEBIBYTE = 1024


def stack(apps: int) -> dict[str, Any]:
    """A stack whose every app has a gateway, two subsets and weights: a VirtualService and a DestinationRule."""
    return {
        "fairlead:cluster": {"kubeconfig": {"context": "benchmark"}},
        "fairlead:gateways": [{"name": "istio-ingress", "expose": "clusterIP"}],
        "fairlead:apps": [
            {
                "name": f"app-{number:04}",
                "port": 8080,
                "hosts": [f"app-{number:04}.example.com"],
                "gateways": ["istio-ingress"],
                "versions": [{"name": "v1"}, {"name": "v2"}],
                "routes": [{"weights": {"v1": 70, "v2": 30}}],
            }
            for number in range(apps)
        ],
    }


def evaluated(program: str, apps: int) -> Snapshot:
    """One evaluation in this process; the first one imports what it needs."""
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415 - imports are part of what is timed
    from fairlead.yaml_files.stack_file import StackFile  # noqa: PLC0415

    return evaluate(PROGRAMS[program], StackFile("fairlead", "benchmark", Path(), stack(apps)))


def measure_here(program: str, apps: int) -> None:
    """In a fresh process: load the program with the smallest stack, then time the one that is asked for."""
    evaluated(program, 1)
    seconds: list[float] = []
    for _ in range(max(1, SHORT_RUNS // apps)):
        # The processor's time: what else the machine does is left out.
        begin = time.process_time()
        snapshot = evaluated(program, apps)
        seconds.append(time.process_time() - begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIBIBYTES_PER_MEBIBYTE
    fingerprint = sha256(json.dumps(asdict(snapshot), sort_keys=True).encode()).hexdigest()
    found = {"memory": memory, "resources": len(snapshot.resources), "fingerprint": fingerprint}
    print(json.dumps(found | {"warm": statistics.median(seconds)}))


def fresh_process(*arguments: object) -> tuple[float, str]:
    """Seconds of a whole process, and what it printed."""
    command = [sys.executable, *(str(argument) for argument in arguments)]
    # As for a user, Python keeps the bytecode of what it has compiled once.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - begin, done.stdout


def measured(program: str, apps: int) -> Run:
    """One round of a program, by two fresh processes."""
    cold, _ = fresh_process(__file__, "evaluate", program, apps)
    _, printed = fresh_process(__file__, "measure", program, apps)
    return Run(cold=cold, **json.loads(printed))


def rounds(apps: int) -> dict[str, list[Run]]:
    """The runs of both programs, in turns; they have to register the same, or the comparison says nothing."""
    runs: dict[str, list[Run]] = {program: [] for program in PROGRAMS}
    for _ in range(RUNS):
        for program, done in runs.items():
            done.append(measured(program, apps))
    if len({run.fingerprint for done in runs.values() for run in done}) != 1:
        raise SystemExit(f"{PROGRAMS['plain']} does not register what fairlead does: bring it up to date")
    print(f"{apps:,} apps measured", file=sys.stderr)
    return runs


def linted() -> str:
    """What the page says of linting."""
    runs = {apps: LintRun(**json.loads(fresh_process(__file__, "lint", apps)[1])) for apps in LINT_SIZES}
    command = [fresh_process("-m", "fairlead", "lint", "--stack", "dev")[0] for _ in range(RUNS)]
    of_objects = object_section(fresh_process, __file__, RUNS)
    return f"{lint_section(runs, statistics.median(command))}\n{of_objects}"


def drawn() -> str:
    """What the page says of pictures."""
    runs = {apps: PictureRun(**json.loads(fresh_process(__file__, "picture", apps)[1])) for apps in PICTURE_SIZES}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Pulumi.benchmark.yaml"
        file.write_text(json.dumps({"config": stack(DRAWN)}), encoding="utf-8")
        arguments = ("picture", "--config-file", file, "--out", folder)
        command = [fresh_process("-m", "fairlead", *arguments)[0] for _ in range(RUNS)]
    return picture_section(runs, statistics.median(command))


def main() -> None:
    """Measure all sizes and write the page; with arguments, do what one of the fresh processes does."""
    if sys.argv[1:2] == ["requests"]:
        measure_requests(stack(int(sys.argv[2])))
        return
    if sys.argv[1:2] == ["objects"]:
        lint_folder(sys.argv[2])
        return
    if sys.argv[1:2] == ["lifecycle"]:
        print(lifecycle_section(ROUNDS))
        return
    if sys.argv[1:2] in (["lint"], ["picture"]):
        {"lint": measure_lint, "picture": measure_picture}[sys.argv[1]](stack(int(sys.argv[2])), RUNS)
        return
    if len(sys.argv) > 1:
        {"measure": measure_here, "evaluate": evaluated}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
        return
    results = {apps: rounds(apps) for apps in SIZES}
    preview = [fresh_process("-m", "fairlead", "preview", "--stack", "dev")[0] for _ in range(RUNS)]
    largest = stack(APPS)
    asked = request_section(largest, fresh_process, __file__, RUNS)
    up_and_down = fresh_process(__file__, "lifecycle")[1]
    verified = fresh_process(ROOT / "tools" / "verify_benchmark.py")[1]
    sections = (linted(), diff_section(largest, fresh_process, RUNS), asked, drawn(), up_and_down, verified)
    text = page(results, preview, "\n".join(sections))
    (ROOT / "docs/benchmarks.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
