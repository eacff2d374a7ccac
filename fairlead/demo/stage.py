"""On what does a demo play? An API server of its own, nothing else, with every phase announced and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.interrupts import termination_is_interrupt
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import ConsoleProgress

INTERRUPTED = 130
NO_PODS = "There are no nodes and no scheduler: every object is real, but no pod runs and no image is pulled."


@dataclass
class Stage:
    """The running server and what is said about it; `adopted` are namespaces that stand in for other people's."""

    toolchain: Toolchain
    server: ApiServer
    cluster: LiveCluster
    progress: ConsoleProgress
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    adopted: list[Ref] = field(default_factory=list[Ref])

    def say(self, text: str, style: str = "") -> None:
        self.progress.say(text, style)

    @contextmanager
    def phase(self, title: str, steps: int | None = None) -> Generator[None]:
        started = time.monotonic()
        with self.progress.phase(title, steps):
            yield
        self.seconds[title] = time.monotonic() - started

    def remove_adopted(self) -> list[Ref]:
        """Those that did not go in time."""
        for ref in self.adopted:
            self.cluster.delete(ref)
        return self.cluster.wait_until_gone(self.adopted)


@contextmanager
def demo_stage(console: Console, *, keep: bool) -> Generator[Stage]:
    """The programs found or built and the server started; all of it gone after the block, unless it is to be kept."""
    progress = ConsoleProgress(console)
    toolchain = Toolchain(progress)
    with progress.phase("Programs"):
        started = time.monotonic()
        servers = toolchain.servers()
        progress.say(f"  {servers.origin}; Helm: {toolchain.helm()}")
        if toolchain.builds_charts:
            # Else they come from Istio's repository, as everywhere.
            toolchain.istio_charts()
        found_in = time.monotonic() - started
    progress.say("API server", "bold")
    with ApiServer(servers, keep=keep) as server:
        started_in = time.monotonic() - started - found_in
        cluster = _own_cluster(server)
        progress.say(f"  {server.url}, which is empty. {NO_PODS}")
        yield Stage(toolchain, server, cluster, progress, {"Programs": found_in, "API server": started_in})
        if keep:
            progress.say(f"Left running: export KUBECONFIG={server.kubeconfig}")
            progress.say(f"To stop it and remove its folder: {server.stop_command}")


def exit_code(demo: Callable[[], int], console: Console) -> int:
    """That of the demo; at Ctrl-C or SIGTERM one line, once everything is stopped and removed."""
    try:
        with termination_is_interrupt():
            return demo()
    except KeyboardInterrupt:
        console.print("Interrupted. Whatever was started is stopped and its folder is removed.", soft_wrap=True)
        return INTERRUPTED


def _own_cluster(server: ApiServer) -> LiveCluster:
    cluster = LiveCluster(server.kubeconfig)
    if cluster.host != server.url:
        raise UserError(f"The demo runs on its own API server {server.url} only, not on {cluster.host}.")
    return cluster
