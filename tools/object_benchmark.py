"""How much time and memory does a lint of plain YAML take? A folder of apps, by its size, beside `istioctl analyze`."""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TIMED_OBJECTS = 1000
MEMORY_MEGABYTES = (8, 32)
_TARGET_MEMORY, _TARGET_TIME = 5, 1.3
_OBJECTS_OF_AN_APP = 5
_KIBIBYTE = 1024
_APP = """\
apiVersion: v1
kind: Service
metadata: {{name: {app}, namespace: shop, labels: {{app: {app}}}}}
spec:
  selector: {{app: {app}}}
  ports:
  - name: http
    port: 80
    targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}
  namespace: shop
  labels: {{app: {app}, version: v1}}
  managedFields:
  - manager: kubectl
    operation: Apply
    fieldsV1:
      f:metadata:
        f:labels: {{f:app: {{}}, f:version: {{}}}}
      f:spec:
        f:replicas: {{}}
spec:
  replicas: 2
  selector:
    matchLabels: {{app: {app}, version: v1}}
  template:
    metadata:
      labels: {{app: {app}, version: v1}}
    spec:
      serviceAccountName: default
      containers:
      - name: {app}
        image: docker.example.com/shop/{app}:1.2.3
        ports:
        - name: http
          containerPort: 8080
        env:
        - name: LOG_LEVEL
          value: info
        - name: DATABASE_URL
          value: postgres://{app}.example.com:5432/{app}
        resources:
          requests: {{cpu: 100m, memory: 128Mi}}
          limits: {{memory: 256Mi}}
        readinessProbe:
          httpGet: {{path: /healthz, port: http}}
          periodSeconds: 5
status:
  replicas: 2
  readyReplicas: 2
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: {app}, namespace: shop}}
spec:
  hosts: [{app}]
  http:
  - match:
    - uri: {{prefix: /new}}
    route:
    - destination: {{host: {app}, subset: v1}}
    timeout: 5s
  - route:
    - destination: {{host: {app}, subset: v1}}
    retries: {{attempts: 2, retryOn: 5xx}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: {app}, namespace: shop}}
spec:
  host: {app}
  trafficPolicy:
    connectionPool:
      tcp: {{maxConnections: 100}}
  subsets:
  - name: v1
    labels: {{version: v1}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {app}, namespace: shop}}
data:
  application.yaml: |
    server: {{port: 8080, threads: 16}}
    name: {app}
    features: [search, cart, checkout, reviews]
"""
_NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n"


@dataclass(frozen=True)
class MemoryRun:
    """A folder, in megabytes of YAML, and what linting it took at its height beyond the program itself."""

    yaml: float
    memory: float


def write_folder(folder: Path, apps: int, *, in_a_file: int = 50) -> float:
    """A folder with so many apps that has nothing to fix; its size in megabytes."""
    (folder / "namespace.yaml").write_text(_NAMESPACE, encoding="utf-8")
    for first in range(0, apps, in_a_file):
        names = (f"app-{number:05}" for number in range(first, min(first + in_a_file, apps)))
        text = "---\n".join(_APP.format(app=name) for name in names)
        (folder / f"apps-{first:05}.yaml").write_text(text, encoding="utf-8")
    return sum(file.stat().st_size for file in folder.iterdir()) / _KIBIBYTE**2


def lint_folder(folder: str) -> None:
    """In a process of its own: lint, and print the megabytes that this took beyond the program."""
    from fairlead.lint.object_lint import lint_objects  # noqa: PLC0415 - imports are no part of what is measured

    before = _highest()
    found = lint_objects([folder]).found
    if found:
        raise SystemExit(f"the benchmark's own objects have a finding: {found[0].finding.message}")
    print(_highest() - before)


def _highest() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTE


def measure_memory(megabytes: int, fresh_process: Callable[..., tuple[float, str]], script: str) -> MemoryRun:
    """Of a folder of about so many megabytes."""
    with tempfile.TemporaryDirectory() as name:
        written = write_folder(Path(name), megabytes * _KIBIBYTE**2 // len(_APP))
        return MemoryRun(written, float(fresh_process(script, "objects", name)[1]))


def object_section(fresh_process: Callable[..., tuple[float, str]], script: str, runs: int) -> str:
    """The part of the page."""
    found = [measure_memory(size, fresh_process, script) for size in MEMORY_MEGABYTES]
    rows = "\n".join(f"| {each.yaml:.0f} MB | {each.memory:.0f} MB | {each.memory / each.yaml:.1f} |" for each in found)
    with tempfile.TemporaryDirectory() as name:
        write_folder(Path(name), TIMED_OBJECTS // _OBJECTS_OF_AN_APP)
        ours = statistics.median(fresh_process("-m", "fairlead", "lint", "--objects", name)[0] for _ in range(runs))
        theirs = _analyzed(name, runs)
    beside = "`istioctl` was not on PATH, so there is nothing to compare it with."
    if theirs:
        beside = f"`istioctl analyze --use-kube=false` takes {theirs:.2f} s: {ours / theirs:.1f} times that."
    return _TEXT.format(
        rows=rows, ours=f"{ours:.2f}", beside=beside, objects=TIMED_OBJECTS, target=_TARGET_MEMORY, most=_TARGET_TIME
    )


def _analyzed(folder: str, runs: int) -> float | None:
    """Seconds of istioctl on the same folder; None where it is not on PATH."""
    program = shutil.which("istioctl")
    if not program:
        return None
    command, taken = [program, "analyze", "--use-kube=false", folder], list[float]()
    for _ in range(runs):
        begin = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        taken.append(time.perf_counter() - begin)
        if done.returncode or "No validation issues found" not in done.stdout + done.stderr:
            raise SystemExit(f"istioctl did not analyze the benchmark's own objects: {done.stdout}{done.stderr}")
    return statistics.median(taken)


_TEXT = """### Plain YAML

`python -m fairlead lint --objects FOLDER` of {objects:,} objects (Services, Deployments, routes, rules and ConfigMaps),
start-up included: {ours} s. {beside} The target is {most} times.

What linting a folder takes at its height, beyond the program itself; the target is {target} MB for each MB of YAML.

| YAML | Memory | for each MB |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    sys.exit("run tools/benchmark.py")
