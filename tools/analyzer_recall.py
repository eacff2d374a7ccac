"""How much of what Istio's own analyzers are tested for does lint find? Read from a clone of istio/istio, never copied.

    python tools/analyzer_recall.py ISTIO_CLONE [REVISION]

Each message that a test of pkg/config/analysis expects counts: found on that object by a rule with that code, found on
it by another rule, or missed. What no reader of files can know (a status, an image, another cluster) is left out.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fairlead_mesh.findings import Finding  # noqa: E402 - found by the path above
from fairlead_mesh.lint.object_findings import object_findings  # noqa: E402
from fairlead_mesh.model.graph import graph  # noqa: E402
from fairlead_mesh.model.objects.item import Item  # noqa: E402
from fairlead_mesh.model.objects.yaml_values import as_map  # noqa: E402
from fairlead_mesh.reading.documents import yaml_objects  # noqa: E402

FOLDER = "pkg/config/analysis/analyzers"
MESSAGES = "pkg/config/analysis/msg/messages.yaml"
_CASE = re.compile(r"\n\t\{\n(.*?)\n\t\},", re.DOTALL)
_EXPECTED = re.compile(r'\{msg\.(\w+), "([^"]+)"\}')
_FILE = re.compile(r'"(testdata/[^"]+)"')

LIVE = {
    "AlphaAnnotation": "says that a feature is alpha, which is no mistake",
    "NegativeConditionStatus": "reads a status that a controller wrote",
    "GatewayAPICRDVersionBelowMinimum": "reads the definitions on a cluster",
    "PodMissingProxy": "reads pods that run without what their namespace injects",
    "PodsIstioProxyImageMismatchInNamespace": "reads images of pods that run",
    "UnknownMeshNetworksServiceRegistry": "reads the secrets of other clusters",
    "InvalidExternalControlPlaneConfig": "reads webhooks that an installation writes",
    "ExternalControlPlaneAddressIsNotAHostname": "reads webhooks that an installation writes",
    "InvalidWebhook": "reads webhooks that an installation writes",
    "JwksUriFetchUnrestricted": "reads the variables of a running istiod",
}
"""Messages about what is no object that people write, and why."""


@dataclass(frozen=True)
class Expectation:
    """That an analyzer finds something in the object: the message's name, its code, and how often."""

    case: str
    message: str
    code: str
    subject: str

    def is_about(self, finding: Finding) -> bool:
        """Whether a finding is on the object, or names it as one of several."""
        subjects = (finding.subject, *(each.subject for each in finding.related))
        return any(self.subject in _names(*subject) for subject in subjects if subject)


def _names(kind: str, namespace: str, name: str) -> tuple[str, ...]:
    return f"{kind} {namespace}/{name}", f"{kind} {name}", f"{kind} default/{name}" if not namespace else ""


class NotThereError(Exception):
    """A file of Istio's tests is not in the folder."""


@dataclass(frozen=True)
class Clone:
    """A clone of istio/istio at a revision."""

    path: Path
    revision: str

    def text(self, file: str) -> str:
        """What a file holds there."""
        asked = ["git", "-C", str(self.path), "show", f"{self.revision}:{file}"]
        done = subprocess.run(asked, check=False, capture_output=True, text=True)
        if done.returncode:
            why = done.stderr.strip().splitlines()[-1:] or ["git says nothing"]
            raise NotThereError(f"{self.path} is not a clone of istio/istio with {self.revision}:{file} ({why[0]}).")
        return done.stdout

    def codes(self) -> dict[str, str]:
        """Message -> its code."""
        return {each["name"]: each["code"] for each in yaml.safe_load(self.text(MESSAGES))["messages"]}


def judged(clone: Clone) -> Iterator[tuple[Expectation, str, list[Finding]]]:
    """Every expectation with how it was met: `code`, `other` or `missed`, and what was found on the object."""
    codes = clone.codes()
    for case in _CASE.findall(clone.text(f"{FOLDER}/analyzers_test.go")):
        name = re.search(r'name:\s*"([^"]*)"', case)
        expected = [
            Expectation(name[1] if name else "", message, codes[message], subject)
            for message, subject in dict.fromkeys(_EXPECTED.findall(case))
            if message not in LIVE
        ]
        if not expected or "skipAll" in case:
            continue
        inputs, _, config = case.partition("meshConfigFile:")
        found = findings(clone, _FILE.findall(inputs), _FILE.findall(config.partition("\n")[0]))
        for each in expected:
            here = [finding for finding in found if each.is_about(finding)]
            right = any(each.code in finding.counterparts for finding in here)
            yield each, "code" if right else "other" if here else "missed", here


def findings(clone: Clone, files: list[str], mesh_config: list[str]) -> list[Finding]:
    """What lint says of these files of the tests."""
    objects = [each for file in files for each in yaml_objects(clone.text(f"{FOLDER}/{file}"))]
    items = [Item(each, source="input", document=number) for number, each in enumerate(objects)]
    config: dict[str, Any] | None = None
    if mesh_config:
        config = as_map(yaml.safe_load(clone.text(f"{FOLDER}/{mesh_config[0]}")))
    return object_findings(graph(items, closed=True, mesh_config=config))


def in_words(numbers: Counter[str]) -> str:
    """How many expectations there are, and how many are met."""
    total = numbers.total()
    exact, met = numbers["code"], numbers["code"] + numbers["other"]
    return f"{total} expectations: {exact} with the code ({exact / total:.1%}), {met} with anything ({met / total:.1%})"


def main(path: str, revision: str = "HEAD") -> None:
    """Print each expectation that is not met, then the numbers."""
    numbers: Counter[str] = Counter()
    for each, how, here in judged(Clone(Path(path), revision)):
        numbers[how] += 1
        if how != "code":
            rules = ", ".join(dict.fromkeys(finding.rule for finding in here))
            print(f"{how:6}  {each.code}  {each.message}  {each.subject}  ({each.case}) {rules}")
    print(in_words(numbers))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("Name a clone of istio/istio: python tools/analyzer_recall.py ISTIO_CLONE [REVISION]")
    try:
        main(*sys.argv[1:])
    except NotThereError as error:
        sys.exit(str(error))
