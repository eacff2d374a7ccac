"""Where does a Release's chart come from? A local path, Istio's own charts built in, or its repository, cached."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from fairlead.cluster.helm import Helm, HelmError
from fairlead.cluster.stand_ins import stand_ins
from fairlead.cluster.toolchain import CHARTS, KUBERNETES_VERSION, Toolchain
from fairlead.evaluation.chart_version import chart_version
from fairlead.terminal.errors import UserError
from fairlead.terminal.file_names import file_name
from fairlead_mesh.reading.boundaries import chart_problem
from fairlead_mesh.versions import CHART_DIGESTS

PULL_WITHIN = 20.0
ISTIO_CHARTS = {
    "base": "base",
    "cni": "istio-cni",
    "gateway": "gateway",
    "istiod": "istio-control/istio-discovery",
    "ztunnel": "ztunnel",
}
SNAPSHOT_OF = "1.31 development"


class ChartUnavailableError(UserError):
    """The chart is neither here nor to be had from its repository now."""


@dataclass(frozen=True)
class Chart:
    """A chart on disk. `origin` says in words where a chart comes from that is not the configured one, and
    `instead_of` for which version it stands in."""

    name: str
    path: Path
    version: str
    origin: str = ""
    instead_of: str = ""

    @property
    def stands_in(self) -> str:
        """What it replaces; empty where it is the configured one."""
        return f"{self.origin} are used instead of {self.instead_of}" if self.origin else ""


@dataclass
class ChartSource:
    """Finds the chart of each Release; a repository that could not be reached is not asked again.

    A chart in a folder is looked for from the program's folder on, as the program is run there.
    """

    toolchain: Toolchain
    program: Path = Path()
    _unreachable: dict[str, str] = field(default_factory=dict[str, str])

    def find(self, release: Mapping[str, Any]) -> Chart:
        reference, version = str(release["chart"]), str(release.get("version") or "")
        repository = str(cast("Mapping[str, Any]", release.get("repositoryOpts") or {}).get("repo") or "")
        name = reference.rstrip("/").rpartition("/")[2]
        if not repository and not reference.startswith("oci://"):
            return self._local(name, self.program / reference)
        try:
            return self._pulled(name, reference, repository, version)
        except ChartUnavailableError as unavailable:
            if name not in ISTIO_CHARTS:
                raise
            try:
                return self._istio(name, version)
            except UserError as error:
                raise ChartUnavailableError(f"{unavailable.message}, and {error.message}", error.remedy) from error

    def _local(self, name: str, path: Path) -> Chart:
        if problem := chart_problem(path, self.program):
            raise UserError(f"The chart {path} {problem[0]}.", problem[1])
        if path.suffix == ".tgz" and path.is_file():
            return Chart(name, path, "")
        if not (path / "Chart.yaml").is_file():
            raise UserError(f"{path} is not a chart: it has no Chart.yaml.", "Fix the path of the chart.")
        return Chart(name, path, chart_version(path))

    def _istio(self, name: str, version: str) -> Chart:
        path = self.toolchain.istio_charts() / ISTIO_CHARTS[name]
        built_in, stamp = chart_version(path), CHARTS.version("istio.io/istio").split("-")[1]
        day = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
        origin = f"Istio's own charts of {day} ({SNAPSHOT_OF}, their version is {built_in})"
        return Chart(name, path, built_in, origin, version or "the newest version")

    def _pulled(self, name: str, reference: str, repository: str, version: str) -> Chart:
        source = repository or reference.rpartition("/")[0]
        digest = hashlib.sha256(f"{repository} {reference} {version}".encode()).hexdigest()[:12]
        kept = self.toolchain.cache / "charts" / f"{file_name(name)}-{file_name(version) or 'newest'}-{digest}.tgz"
        if kept.is_file():
            _check(kept, repository, name, version)
            return Chart(name, kept, version)
        if source in self._unreachable:
            raise ChartUnavailableError(self._unreachable[source])
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
                pulled = Helm(self.toolchain.helm()).pull(reference, repository, version, Path(scratch), PULL_WITHIN)
                _check(pulled, repository, name, version)
                pulled.rename(kept)
        except HelmError as error:
            if re.search(r"\b(not found|no chart version)\b", error.message, re.IGNORECASE):
                raise ChartUnavailableError(f"{source} has no {name} {version}".rstrip()) from error
            self._unreachable[source] = reason = f"{source} cannot be reached: {_last_cause(error.message)}"
            raise ChartUnavailableError(reason) from error
        return Chart(name, kept, version)


def _check(archive: Path, repository: str, name: str, version: str) -> None:
    """Raises UserError where an archive is not the one of which the version table has the digest."""
    known = CHART_DIGESTS.get((repository.rstrip("/"), name, version))
    found = f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
    if known and found != known:
        raise UserError(
            f"{archive} is not the chart {name} {version} of {repository}: its digest is {found}, not {known}.",
            "Delete the file and try again. If it stays so, the repository has another chart under this version: do not"
            " install it before you know why.",
        )


def template(release: Mapping[str, Any], chart: Chart, helm: Helm) -> list[dict[str, Any]]:
    """The objects of a Release's chart with its values, as Helm would render them for a first install."""
    return helm.template(
        str(release["name"]),
        str(release.get("namespace") or "default"),
        chart.path,
        values(release),
        KUBERNETES_VERSION,
    )


def values(release: Mapping[str, Any]) -> dict[str, Any]:
    """The Release's values; none where a secret among them hides them all."""
    given: Any = stand_ins(release.get("values") or {})
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _last_cause(message: str) -> str:
    return message.strip().splitlines()[-1].rpartition(": ")[2]
