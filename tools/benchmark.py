"""How fast is an evaluation? fairlead beside a plain Pulumi program that registers the same resources by hand.

Every measurement is a fresh process, the two programs take turns, and both run under the same recording monitor.
`python tools/benchmark.py` writes docs/benchmarks.md.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PROGRAMS = {"fairlead": ROOT, "plain": HERE / "plain_program"}
SIZES = (1, 10, 100, 1000)
RUNS = 5
MEBI = 1024


@dataclass(frozen=True)
class Run:
    """One process: seconds of the whole and of the evaluation alone, its peak memory, and what it registered."""

    cold: float
    warm: float
    memory: int
    resources: int
    fingerprint: str


def stack(apps: int) -> dict[str, object]:
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


def measure_here(program: str, apps: int) -> None:
    """In the fresh process: load the program with the smallest stack, then time the one that is asked for."""
    from dataclasses import asdict  # noqa: PLC0415 - imports are part of what is timed
    from hashlib import sha256  # noqa: PLC0415

    from fairlead.evaluation import evaluate  # noqa: PLC0415
    from fairlead.stack_file import StackFile  # noqa: PLC0415

    def evaluated(size: int) -> tuple[float, object]:
        begin = time.perf_counter()
        snapshot = evaluate(PROGRAMS[program], StackFile("fairlead", "benchmark", Path(), stack(size)))
        return time.perf_counter() - begin, snapshot

    evaluated(1)
    seconds, snapshot = evaluated(apps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBI
    plain = asdict(snapshot)  # pyright: ignore[reportArgumentType]
    found = sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    print(json.dumps({"warm": seconds, "memory": peak, "resources": len(plain["resources"]), "fingerprint": found}))


def cold_here(program: str, apps: int) -> None:
    """In the fresh process: evaluate once, imports and all; the parent holds the watch."""
    from fairlead.evaluation import evaluate  # noqa: PLC0415
    from fairlead.stack_file import StackFile  # noqa: PLC0415

    evaluate(PROGRAMS[program], StackFile("fairlead", "benchmark", Path(), stack(apps)))


def child(*arguments: object) -> tuple[float, str]:
    """Seconds of a fresh process, and what it printed."""
    begin = time.perf_counter()
    command = [sys.executable, *(str(argument) for argument in arguments)]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    return time.perf_counter() - begin, done.stdout


def measured(program: str, apps: int) -> Run:
    """One program and one size, by two fresh processes."""
    _, printed = child(__file__, "measure", program, apps)
    cold, _ = child(__file__, "cold", program, apps)
    return Run(cold=cold, **json.loads(printed))


def rounds(apps: int) -> dict[str, list[Run]]:
    """The runs of both programs, in turns; they have to register the same, or the comparison says nothing."""
    runs: dict[str, list[Run]] = {program: [] for program in PROGRAMS}
    for _ in range(RUNS):
        for program, done in runs.items():
            done.append(measured(program, apps))
    if len({run.fingerprint for done in runs.values() for run in done}) != 1:
        raise SystemExit(f"{PROGRAMS['plain']} no longer registers what fairlead does: bring it up to date")
    print(f"{apps} apps done", file=sys.stderr)
    return runs


def median(runs: list[Run], what: str) -> float:
    """The middle of the runs."""
    return statistics.median(getattr(run, what) for run in runs)


def page(results: dict[int, dict[str, list[Run]]], preview: float) -> str:
    """The results as Markdown: ratios first, as they say most about another machine."""
    ratios = ["| Apps | Resources | Evaluation | With start-up | Peak memory |", "|---|---|---|---|---|"]
    seconds = ["| Apps | fairlead | by hand | fairlead with start-up | by hand | fairlead's memory | by hand |"]
    seconds.append("|---|---|---|---|---|---|---|")
    for apps, runs in results.items():
        (ours, plain), count = runs.values(), runs["plain"][0].resources
        quotients = [median(ours, what) / median(plain, what) for what in ("warm", "cold", "memory")]
        ratios.append(f"| {apps:,} | {count:,} | " + " | ".join(f"{each:.2f}" for each in quotients) + " |")
        times = [f"{median(each, what):.2f} s" for what in ("warm", "cold") for each in (ours, plain)]
        memory = [f"{median(each, 'memory'):.0f} MiB" for each in (ours, plain)]
        seconds.append(f"| {apps:,} | " + " | ".join([*times, *memory]) + " |")
    each = {apps: median(results[apps]["fairlead"], "warm") / apps * 1000 for apps in SIZES[-2:]}
    growth = ", ".join(f"{cost:.1f} ms at {apps:,} apps" for apps, cost in each.items())
    return TEXT.format(
        runs=RUNS,
        ratios="\n".join(ratios),
        seconds="\n".join(seconds),
        growth=growth,
        preview=f"{preview:.2f}",
        machine=f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
    )


TEXT = """# Benchmarks

<!-- Written by `make bench`. -->

A stack of so many apps, each with a gateway, two subsets and weights, is evaluated by fairlead and by
[a plain Pulumi program](../tools/plain_program/__main__.py) that registers the same resources by hand. Every
measurement is a fresh process, the two take turns, both run under the same recording monitor, and before anything is
compared the two evaluations are checked to be equal to the last input. Medians of {runs} runs.

## fairlead as a multiple of the plain program

{ratios}

*Evaluation* is the time once the program is loaded; *with start-up* is a whole process, with Python, the SDK and
everything else that is imported. fairlead imports more (the model, and the AWS SDK for clusters on EKS), a cost that
does not grow with the stack.

Growth of the evaluation: {growth}.

## Seconds, on one machine

{seconds}

`python -m fairlead preview --stack dev`, imports included: {preview} s.

{machine}.
"""


def main() -> None:
    """Measure all sizes and write the page; the other forms are what the fresh processes run."""
    if len(sys.argv) > 1:
        {"measure": measure_here, "cold": cold_here}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
        return
    results = {apps: rounds(apps) for apps in SIZES}
    preview = statistics.median(child("-m", "fairlead", "preview", "--stack", "dev")[0] for _ in range(RUNS))
    text = page(results, preview)
    (ROOT / "docs/benchmarks.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
