"""Does explain say of policies what network-config-analyzer says? Asked of both, of the recorded cases of policies.

    pip install network-config-analyzer     # into an environment of its own, with nca on PATH
    python tools/policy_peer.py

The peer reads AuthorizationPolicies and no routing, so cases with other objects are left out, and so are requests to
ports of TCP. What was recorded of a real mesh decides where the two differ.
"""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fairlead_mesh.model.requests.request import Request  # noqa: E402
from fairlead_mesh.model.traffic.explanation import explanation  # noqa: E402
from tests.fixtures.truth import CASES, FOLDER, asked, case, mesh_of  # noqa: E402

READ = ("Namespace", "Deployment", "Pod", "Service", "AuthorizationPolicy")
CALLERS = ("shop/client", "pay/client", "plain/client")
TARGET_PORTS = {80: 8080}
LINE = re.compile(r"(\S+)\[Deployment\] => (\S+)\[Deployment\] : (.*)")
ATTRIBUTE = re.compile(r"(\w+):(.*?)(?=,(?:paths|hosts|methods|dst_ports):|$)")
Rules = dict[tuple[str, str], list[str]]


def main() -> int:
    """Print where the two differ, and how often they agree; the exit code is 1 where the recorded mesh says otherwise
    than explain."""
    if not shutil.which("nca"):
        print("error: nca is not on PATH: pip install network-config-analyzer", file=sys.stderr)
        return 2
    both = alike = wrong = 0
    for path in CASES:
        for record, peer in _decided(path):
            found = explanation(mesh_of(path).mesh, asked(record))
            refused = found.statuses.get(403, 0.0)
            if found.open or 0 < refused < 1:  # some pods allow it, others do not
                continue
            statuses = {int(code): share for code, share in record["outcome"].get("status", {}).items()}
            ours, real = not refused, 403 not in statuses  # noqa: PLR2004 - forbidden
            both, alike, wrong = both + 1, alike + (peer is ours), wrong + (ours is not real)
            if peer is not ours:
                print(f"{path.stem}: {record['from']} {record['method']} {record['url']}: "
                      f"explain {_word(ours)}, nca {_word(peer)}, recorded {_word(real)}")  # fmt: skip
    print(f"both decide {both} requests, and agree on {alike}; the recorded mesh differs from explain on {wrong}")
    return int(wrong > 0)


def _word(allowed: bool) -> str:
    return "allows" if allowed else "rejects"


def _decided(path: Path) -> Iterator[tuple[dict[str, Any], bool]]:
    """The records of a case of which the peer says the same for all pods that may be asked."""
    one = case(path)
    if {each["kind"] for each in one["objects"]} != {"AuthorizationPolicy"}:
        return
    rules = _rules(one["objects"])
    for record in one.get("requests", []):
        host = (urlsplit(record["url"]).hostname or "").split(".")
        if record["from"] not in CALLERS or not record["url"].startswith("http://") or host[0] == "db":
            continue
        home = host[1] if len(host) > 1 else record["from"].partition("/")[0]
        pods = [to for to in {to for _, to in rules} if to.startswith(f"{home}/{host[0]}-v")]
        said = {any(_allows(text, record) for text in rules.get((record["from"], to), [])) for to in pods}
        if len(said) == 1:
            yield record, said.pop()


def _rules(objects: list[dict[str, Any]]) -> Rules:
    """(from, to) -> connections that the peer allows; none where it does not read the policies."""
    world: dict[str, Any] = yaml.safe_load((FOLDER / "world.yaml").read_text(encoding="utf-8"))
    listed = [each for each in [*world["objects"], *objects] if each["kind"] in READ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mesh.yaml"
        file.write_text(yaml.safe_dump_all(listed), encoding="utf-8")
        inputs = [word for option in ("--connectivity", "-r", "-n", "-p") for word in (option, str(file))]
        done = subprocess.run(
            ["nca", *inputs, "--output_format", "txt_no_fw_rules"], capture_output=True, text=True, check=False
        )
    found: Rules = {}
    for line in done.stdout.partition("non-TCP Connections")[0].splitlines() if done.returncode == 0 else ():
        if match := LINE.match(line):
            found.setdefault((match[1], match[2]), []).append(match[3])
    # A pair without a line has no connection; one to each pod is needed to know the pods.
    for source in CALLERS:
        for to in {to for _, to in found}:
            found.setdefault((source, to), [])
    return found


def _allows(text: str, record: dict[str, Any]) -> bool:
    """Whether connections as the peer writes them have room for a request."""
    one: Request = asked(record)
    place = urlsplit(record["url"])
    headers = {key.lower(): value for key, value in (record.get("headers") or {}).items()}
    port = place.port or 80
    values = {
        "paths": one.bare_path,
        "hosts": headers.get("host", place.netloc),
        "methods": one.method,
        "dst_ports": str(TARGET_PORTS.get(port, port)),
    }
    return all(_is_in(spec, values[name], name) for name, spec in ATTRIBUTE.findall(text.strip("{}")))


def _is_in(spec: str, value: str, name: str) -> bool:
    if name == "dst_ports":
        ends = [part.partition("-") for part in spec.split(",")]
        return any(int(first) <= int(value) <= int(last or first) for first, _, last in ends)
    if spec.startswith("all but "):
        return not any(_fits(each, value) for each in spec.removeprefix("all but ").split(","))
    if spec.startswith("("):
        wanted, _, without = spec[1:].partition(")-(")
        return (
            _is_in(wanted, value, name) and not _is_in(without.rstrip(")"), value, name)
            if without
            else _is_in(spec.strip("()"), value, name)
        )
    return any(_fits(each, value) for each in spec.split("|"))


def _fits(pattern: str, value: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern.strip().replace("[.]", "."))


if __name__ == "__main__":
    sys.exit(main())
