"""Which programs does the demo run? Those the machine has, else releases, else what Go builds once from modules."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.cluster.download import MIRROR, DownloadError, Downloads
from fairlead.cluster.go_build import GO_NEEDED, GoTool, build
from fairlead.cluster.releases import (
    KUBERNETES_RELEASE,
    Archive,
    etcd_release,
    helm_release,
    kubernetes_release,
    this_platform,
)
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress, Silent
from fairlead_mesh.reading.boundaries import own_cache

ASSETS = "KUBEBUILDER_ASSETS"
API_SERVER = "kube-apiserver"
CONTROLLERS = "kube-controller-manager"
SERVERS = ("etcd", API_SERVER, CONTROLLERS)

ETCD = GoTool("etcd", "etcd", "half a minute")
CHARTS = GoTool("charts", "Istio's charts", "seconds", then=("./charts", "manifests"))


def _kubernetes() -> GoTool:
    server = "k8s.io/kubernetes"
    plain = GoTool("kubernetes", "the Kubernetes API server and controllers", "five minutes on two cores")
    version = plain.version(server)
    major, minor, _ = version.split(".", 2)
    # Clients refuse to parse the placeholder that an unstamped build reports.
    stamps = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor}
    ldflags = [f"-X k8s.io/component-base/version.{key}={value}" for key, value in stamps.items()]
    packages = tuple(f"{server}/cmd/{name}" for name in (API_SERVER, CONTROLLERS))
    return GoTool(plain.name, plain.title, plain.takes, packages, " ".join(["-s -w", *ldflags]))


def _helm() -> GoTool:
    plain = GoTool("helm", "Helm", "a minute")
    stamp = f"-s -w -X helm.sh/helm/v3/internal/version.version=v{plain.version('helm.sh/helm/v3')}"
    return GoTool(plain.name, plain.title, plain.takes, ("helm.sh/helm/v3/cmd/helm",), stamp)


KUBERNETES = _kubernetes()
HELM = _helm()
KUBERNETES_VERSION = KUBERNETES.version("k8s.io/kubernetes")


@dataclass(frozen=True)
class Servers:
    """The programs of a Kubernetes API server, and a word on where they are from."""

    etcd: Path
    api_server: Path
    controllers: Path
    origin: str


class Toolchain:
    """Finds every program; downloads or builds what the machine lacks. Nothing is fetched before it is asked for."""

    def __init__(self, progress: Progress | None = None, env: Mapping[str, str] | None = None) -> None:
        self.progress: Progress = progress or Silent()
        self.env: Mapping[str, str] = os.environ if env is None else env
        self.cache = own_cache(self.env)
        self.downloads = Downloads(self.cache, self.progress, self.env)

    def servers(self) -> Servers:
        """The three servers. Half a KUBEBUILDER_ASSETS is completed, never mixed across versions if it can be helped.

        setup-envtest brings no controller manager; one on PATH is taken, else both Kubernetes servers are fetched.
        """
        found = self._assets()
        if found and CONTROLLERS not in found and (on_path := self._on_path(CONTROLLERS)):
            found[CONTROLLERS] = on_path
        origin = f"{ASSETS}={self.env.get(ASSETS)}"
        if not found and (all_three := self._all_on_path()):
            found, origin = all_three, "from PATH"
        if all(name in found for name in SERVERS):
            return Servers(found["etcd"], found[API_SERVER], found[CONTROLLERS], origin)
        kubernetes = self._fetched(kubernetes_release(this_platform()), KUBERNETES, self._nothing(found))
        etcd = found.get("etcd") or self._fetched(etcd_release(this_platform()), ETCD, self._nothing(found)) / "etcd"
        origin = self._origin(kubernetes)
        if self.env.get(ASSETS):
            lacks = ", ".join(name for name in SERVERS if name not in found)
            origin += f", because {ASSETS} lacks {lacks}"
        return Servers(etcd, kubernetes / API_SERVER, kubernetes / CONTROLLERS, origin)

    def helm(self) -> Path:
        if found := self._on_path("helm"):
            return found
        return self._fetched(helm_release(this_platform()), HELM, ("There is no Helm to run", "")) / "helm"

    def istio_charts(self) -> Path:
        """The folder that holds Istio's own charts, as Istio's source tree lays them out."""
        return build(CHARTS, self.cache, self.progress, self.env) / "manifests" / "charts"

    @property
    def builds_charts(self) -> bool:
        """Whether Istio's own charts are here, or can be built."""
        return CHARTS.folder(self.cache).is_dir() or self._on_path("go") is not None

    def unavailable(self) -> str:
        """Why no API server can run here without a download; empty if one can (perhaps after a build)."""
        try:
            found = self._assets()
        except UserError as error:
            return error.message
        if all(name in found or (name == CONTROLLERS and self._on_path(name)) for name in SERVERS):
            return ""
        if self._all_on_path() or self._on_path("go"):
            return ""
        here = self._kept(kubernetes_release(this_platform()), KUBERNETES)
        etcd = "etcd" in found or self._kept(etcd_release(this_platform()), ETCD)
        return "" if here and etcd else f"{self._nothing(found)[0]}, and Go is not on PATH to build one."

    def _fetched(self, release: Archive | None, tool: GoTool, nothing: tuple[str, str]) -> Path:
        """The folder with the programs of a release, or of what Go builds; what is here already is taken as it is."""
        if kept := self._kept(release, tool):
            return kept
        reason = ""
        if release and self.downloads.allowed:
            try:
                return self.downloads.programs(release)
            except DownloadError as error:
                reason = error.message
                self.progress.say(f"  {reason}")
        if self._on_path("go"):
            return build(tool, self.cache, self.progress, self.env)
        if not reason:
            reason = f"{MIRROR} is off" if release else f"{tool.title} has no release for {'/'.join(this_platform())}"
        what, remedy = nothing
        raise UserError(
            f"{what}: {reason.removesuffix('.')}, and Go is not on PATH to build it.",
            f"Connect to the network (through HTTPS_PROXY, or {MIRROR} for a mirror), install {GO_NEEDED}{remedy}.",
        )

    def _kept(self, release: Archive | None, tool: GoTool) -> Path | None:
        """What an earlier run built or downloaded."""
        folders = [tool.folder(self.cache), *([self.downloads.folder(release)] if release else [])]
        return next((folder for folder in folders if folder.is_dir()), None)

    def _origin(self, kubernetes: Path) -> str:
        if kubernetes == KUBERNETES.folder(self.cache):
            return f"Kubernetes {KUBERNETES_VERSION} built from Go modules"
        return f"the release of Kubernetes {KUBERNETES_RELEASE}"

    def _assets(self) -> dict[str, Path]:
        named = self.env.get(ASSETS)
        if not named:
            return {}
        if not Path(named).is_dir():
            raise UserError(f"{ASSETS} is {named}, which is not a folder.", f"Fix {ASSETS}, or unset it.")
        return {name: Path(named) / name for name in SERVERS if os.access(Path(named) / name, os.X_OK)}

    def _all_on_path(self) -> dict[str, Path] | None:
        found = {name: path for name in SERVERS if (path := self._on_path(name))}
        return found if len(found) == len(SERVERS) else None

    def _on_path(self, name: str) -> Path | None:
        found = shutil.which(name, path=self.env.get("PATH", ""))
        return Path(found) if found else None

    def _nothing(self, found: Mapping[str, Path]) -> tuple[str, str]:
        """What is said where none can be had, and what else remedies that."""
        lacking = ", ".join(name for name in SERVERS if name not in found)
        where = f"{ASSETS} ({self.env[ASSETS]}) lacks {lacking}" if self.env.get(ASSETS) else f"{ASSETS} is not set"
        return (
            f"There is no Kubernetes API server to run: {where}",
            f", or set {ASSETS} to a folder with {', '.join(SERVERS)}"
            f" (setup-envtest leaves out {CONTROLLERS}: add the one of the same release)",
        )
