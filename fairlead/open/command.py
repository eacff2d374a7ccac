"""How does `open` run? The addon's Service found, a port forwarded to a pod behind it, and the page shown."""

from __future__ import annotations

import os
import sys
import time
import webbrowser
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import typer

from fairlead.cluster.interrupts import termination_is_interrupt
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.evaluation.evaluation import evaluate
from fairlead.terminal.errors import UserError
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.port_forward import PortForward
from fairlead.verify.sending import CannotSendError
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.service_host import service_at
from fairlead_mesh.config import Config
from fairlead_mesh.findings import ConfigError

_PORTS = {"http": 80, "https": 443}
_PAUSE = 0.5
_LINT = "Fix the stack file first: fairlead lint shows each line."


def open_command(
    stack_file: StackFile, program: Path, named: Named, name: str, *, port: int = 0, browser: bool = True
) -> None:
    """Prints the address, and ends at Ctrl-C. Raises UserError."""
    try:
        config = described_mesh(stack_file)
    except ConfigError as error:
        raise UserError(str(error), _LINT) from None
    addon = _addon(config, name, stack_file.path.name)
    url = urlsplit(addon.cluster_url)
    service = service_at(url.hostname or "", addon.namespace)
    if service is None:
        _show(addon.cluster_url, browser=browser)
        return
    cluster = stack_cluster(evaluate(program, stack_file), program, named, config.cluster.eks)
    with termination_is_interrupt(), closing(cluster):
        try:
            _forward(cluster, "/".join(service), addon, port, browser=browser)
        except CannotSendError as error:
            raise UserError(f"{addon.product.title} cannot be opened: {error}") from None
        except KeyboardInterrupt:
            # It is how this command ends.
            typer.echo("")


def _addon(config: Config, name: str, file: str) -> Addon:
    pages = {addon.key: addon for addon in config.addons.named if addon.product.endpoint}
    found = pages.get(name) or next((each for each in pages.values() if each.product.name == name), None)
    if found is None:
        there = f"it has {', '.join(sorted(pages))}" if pages else "it has none with a page"
        raise UserError(f"{file} names no addon {name} with a page; {there}", f"Write addons.{name}: {{}} in it.")
    return found


def _forward(cluster: LiveCluster, service: str, addon: Addon, port: int, *, browser: bool) -> None:
    pods, url = LivePods(cluster), urlsplit(addon.cluster_url)
    found = pods.service(service)
    pod = pods.behind(found)[0]
    target = pods.target(found, url.port or _PORTS[url.scheme], pod)
    usual = addon.product.endpoint.local_port if addon.product.endpoint else 0
    with _forwarded(cluster, (pod.namespace, pod.name, target), port, usual) as forward:
        _show(f"{url.scheme}://localhost:{forward.port}{url.path}", browser=browser)
        typer.echo(f"Forwarded to pod {pod}, port {target}; Ctrl-C ends it.")
        if addon.page_url:
            typer.echo(f"Without a forwarded port it is at {addon.page_url}{_through(addon)}.")
        said = ""
        while True:
            time.sleep(_PAUSE)
            if forward.last_error != said:
                said = forward.last_error
                typer.echo(f"{pod}: {said}", err=True)


def _through(addon: Addon) -> str:
    """The gateway that shows it."""
    return f", through the gateway {addon.expose.gateway}, for whom its key expose allows" if addon.expose else ""


def _forwarded(cluster: LiveCluster, pod: tuple[str, str, int], port: int, usual: int) -> PortForward:
    """At the wanted port, else at the usual one, else at any that is free."""
    for local in (port,) if port else (usual, 0):
        try:
            return PortForward(cluster.api, *pod, local=local)
        except OSError as error:
            if port:
                raise UserError(
                    f"port {port} of this machine is taken: {error.strerror}", "Leave --port out."
                ) from None
    raise UserError("no port of this machine is free")


def _show(url: str, *, browser: bool) -> None:
    typer.echo(url)
    sys.stdout.flush()
    if browser and _has_screen():
        try:
            webbrowser.open(url)
        except webbrowser.Error as error:
            typer.echo(f"no browser could be opened: {error}", err=True)


def _has_screen() -> bool:
    """Without one, a browser of the terminal would take the terminal away."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.keys() & {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"})
