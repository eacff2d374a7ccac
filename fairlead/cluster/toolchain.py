"""Which programs does the demo run? Those the machine has, else those built once from Go modules."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.cluster.go_build import GO_NEEDED, GoTool, build
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
    """Finds every program, and builds what the machine lacks. Nothing is built before it is asked for."""

    def __init__(self, progress: Progress | None = None, env: Mapping[str, str] | None = None) -> None:
        self.progress: Progress = progress or Silent()
        self.env: Mapping[str, str] = os.environ if env is None else env
        self.cache = own_cache(self.env)

    def servers(self) -> Servers:
        """The three servers. Half a KUBEBUILDER_ASSETS is completed, never mixed across versions if it can be helped.

        setup-envtest brings no controller manager; one on PATH is taken, else both Kubernetes servers are built.
        """
        found = self._assets()
        if CONTROLLERS not in found and (on_path := self._on_path(CONTROLLERS)):
            found[CONTROLLERS] = on_path
        if all(name in found for name in SERVERS):
            return Servers(found["etcd"], found[API_SERVER], found[CONTROLLERS], f"{ASSETS}={self.env[ASSETS]}")
        self._can_build_or_explain(found)
        etcd = found.get("etcd") or build(ETCD, self.cache, self.progress, self.env) / "etcd"
        kubernetes = build(KUBERNETES, self.cache, self.progress, self.env)
        origin = f"Kubernetes {KUBERNETES_VERSION} built from Go modules"
        if self.env.get(ASSETS):
            lacks = ", ".join(name for name in SERVERS if name not in found)
            origin += f", because {ASSETS} lacks {lacks}"
        return Servers(etcd, kubernetes / API_SERVER, kubernetes / CONTROLLERS, origin)

    def helm(self) -> Path:
        return self._on_path("helm") or build(HELM, self.cache, self.progress, self.env) / "helm"

    def istio_charts(self) -> Path:
        """The folder that holds Istio's own charts, as Istio's source tree lays them out."""
        return build(CHARTS, self.cache, self.progress, self.env) / "manifests" / "charts"

    def unavailable(self) -> str:
        """Why no API server can run here; empty if one can (perhaps after a build)."""
        try:
            found = self._assets()
            if not all(name in found or (name == CONTROLLERS and self._on_path(name)) for name in SERVERS):
                self._can_build_or_explain(found)
        except UserError as error:
            return error.message
        return ""

    def _assets(self) -> dict[str, Path]:
        named = self.env.get(ASSETS)
        if not named:
            return {}
        if not Path(named).is_dir():
            raise UserError(f"{ASSETS} is {named}, which is not a folder.", f"Fix {ASSETS}, or unset it.")
        return {name: Path(named) / name for name in SERVERS if os.access(Path(named) / name, os.X_OK)}

    def _on_path(self, name: str) -> Path | None:
        found = shutil.which(name, path=self.env.get("PATH", ""))
        return Path(found) if found else None

    def _can_build_or_explain(self, found: Mapping[str, Path]) -> None:
        built = KUBERNETES.folder(self.cache).is_dir() and ("etcd" in found or ETCD.folder(self.cache).is_dir())
        if built or self._on_path("go"):
            return
        lacking = ", ".join(name for name in SERVERS if name not in found)
        where = f"{ASSETS} ({self.env[ASSETS]}) lacks {lacking}" if self.env.get(ASSETS) else f"{ASSETS} is not set"
        raise UserError(
            f"There is no Kubernetes API server to run: {where}, and Go is not on PATH to build one.",
            f"Install {GO_NEEDED}, or set {ASSETS} to a folder with {', '.join(SERVERS)}"
            f" (setup-envtest leaves out {CONTROLLERS}: add the one of the same release).",
        )
