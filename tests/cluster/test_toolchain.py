"""Which programs does the demo run, and what is said where one is missing? Nothing is built here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fairlead.cluster.download import MIRROR
from fairlead.cluster.go_build import build
from fairlead.cluster.toolchain import ASSETS, CONTROLLERS, ETCD, KUBERNETES_VERSION, SERVERS, Toolchain
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Silent
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.apiserver


def executable(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def toolchain(home: Path, **env: str) -> Toolchain:
    return Toolchain(env={"HOME": str(home), "PATH": "", MIRROR: "off", **env})


def test_without_go_and_without_assets_one_error_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Go is not on PATH") as caught:
        toolchain(tmp_path).servers()
    assert "Go 1.26" in caught.value.remedy
    assert ASSETS in caught.value.remedy
    assert toolchain(tmp_path).unavailable() == caught.value.message.replace(f": {MIRROR} is off", "").replace(
        " it.", " one."
    )
    assert list(tmp_path.iterdir()) == []


def test_assets_that_hold_all_three_are_used_as_they_are(tmp_path: Path) -> None:
    for name in SERVERS:
        executable(tmp_path / "assets" / name)
    found = toolchain(tmp_path, **{ASSETS: str(tmp_path / "assets")}).servers()
    assert found.controllers == tmp_path / "assets" / CONTROLLERS
    assert not (tmp_path / ".cache").exists()


def test_all_three_on_path_are_used_before_anything_is_fetched(tmp_path: Path) -> None:
    for name in SERVERS:
        executable(tmp_path / "bin" / name)
    found = toolchain(tmp_path, PATH=str(tmp_path / "bin")).servers()
    assert (found.etcd.parent, found.origin) == (tmp_path / "bin", "from PATH")
    assert toolchain(tmp_path, PATH=str(tmp_path / "bin")).unavailable() == ""


def test_the_controllers_that_setup_envtest_leaves_out_may_be_on_path(tmp_path: Path) -> None:
    for name in SERVERS[:2]:
        executable(tmp_path / "assets" / name)
    executable(tmp_path / "bin" / CONTROLLERS)
    env = {ASSETS: str(tmp_path / "assets"), "PATH": str(tmp_path / "bin")}
    assert toolchain(tmp_path, **env).servers().controllers == tmp_path / "bin" / CONTROLLERS


def test_assets_without_controllers_name_what_they_lack(tmp_path: Path) -> None:
    for name in SERVERS[:2]:
        executable(tmp_path / "assets" / name)
    with pytest.raises(UserError, match=f"lacks {CONTROLLERS}"):
        toolchain(tmp_path, **{ASSETS: str(tmp_path / "assets")}).servers()


def test_assets_that_are_no_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="which is not a folder"):
        toolchain(tmp_path, **{ASSETS: str(tmp_path / "absent")}).servers()


def test_a_build_that_fails_is_quoted_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "go", "echo 'go: module proxy refused the connection' >&2; exit 1")
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    with pytest.raises(UserError, match="module proxy refused") as caught:
        build(ETCD, tmp_path / "cache", Silent(), env)
    assert "GOPROXY" in caught.value.remedy
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["etcd.lock"]


def test_a_build_on_a_full_disk_says_so(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "go", "echo 'link: write: no space left on device' >&2; exit 1")
    with pytest.raises(UserError, match="is full"):
        build(ETCD, tmp_path / "cache", Silent(), {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})


def test_an_interrupted_build_stops_go_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    executable(tmp_path / "bin" / "go", f"echo $$ > {marker}; sleep 60")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache"), ASSETS: "", MIRROR: "off"}
    # As a shell would start it in the foreground, wherever these tests run.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"{heeding}; from fairlead.cluster.toolchain import Toolchain; Toolchain().servers()"
    with subprocess.Popen([sys.executable, "-c", script], env=env, cwd=PROGRAM, stderr=subprocess.PIPE) as process:
        while not (marker.exists() and marker.read_text().strip()):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)
    assert [each.name for each in (tmp_path / "cache" / "fairlead").iterdir()] == ["kubernetes.lock"]


def test_the_version_is_the_one_that_go_mod_pins() -> None:
    assert f"k8s.io/kubernetes v{KUBERNETES_VERSION}" in (PROGRAM / "tools" / "kubernetes" / "go.mod").read_text()
