"""Does a release arrive whole or not at all, whatever the server does?"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import tarfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fairlead.cluster import download, releases
from fairlead.cluster.download import MIRROR, DownloadError, Downloads
from fairlead.cluster.releases import Archive, etcd_release, helm_release, kubernetes_release
from fairlead.cluster.toolchain import ETCD, HELM, KUBERNETES_VERSION, Toolchain
from fairlead.terminal.errors import UserError
from tests.fixtures.runs.file_server import FileServer, file_server

pytestmark = pytest.mark.mesh
HOST = "https://releases.example"
FILLING = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(10_000))
"""It does not get much shorter when it is packed."""


def archive_of(**programs: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in {"README": FILLING, **programs}.items():
            content = text.encode()
            info = tarfile.TarInfo(f"tool/bin/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


CONTENT = archive_of(tool="#!/bin/sh\necho ran\n")


def described(content: bytes = CONTENT, **programs: str) -> Archive:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return Archive("tool", "Tool 1.2", f"{HOST}/v1/tool.tar.gz", digest, programs or {"tool": "tool/bin/tool"})


@dataclass
class Told:
    said: list[str] = field(default_factory=list[str])
    under_way: list[str] = field(default_factory=list[str])

    def say(self, text: str, style: str = "") -> None:  # noqa: ARG002 - as the protocol has it
        self.said.append(text)

    def busy(self, text: str) -> None:
        self.under_way.append(text)


@dataclass
class Trial:
    server: FileServer
    downloads: Downloads
    told: Told

    @property
    def cache(self) -> list[str]:
        return sorted(path.name for path in self.downloads.cache.iterdir() if path.suffix != ".lock")


@contextmanager
def trial(cache: Path, *faults: str, content: bytes = CONTENT, patience: float = 5.0) -> Generator[Trial]:
    with file_server(FileServer(content, list(faults))) as server:
        told = Told()
        yield Trial(server, Downloads(cache, told, {MIRROR: server.url}, patience), told)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_RETRY_AFTER", (0.0,))


@pytest.mark.process
def test_a_release_is_downloaded_once_checked_and_its_programs_run(tmp_path: Path) -> None:
    with trial(tmp_path) as it:
        folder = it.downloads.programs(described())
        again = it.downloads.programs(described())
    assert again == folder
    assert len(it.server.seen) == 1
    assert it.cache == [folder.name]
    assert subprocess.run([folder / "tool"], capture_output=True, text=True, check=True).stdout == "ran\n"
    assert [path.name for path in folder.iterdir()] == ["tool"]


def test_what_is_waited_for_is_said_with_its_size_and_speed(tmp_path: Path) -> None:
    with trial(tmp_path) as it:
        it.downloads.programs(described())
    assert it.told.said[0] == f"Downloading Tool 1.2 once from {it.server.url.removeprefix('http://')}."
    assert it.told.under_way[0].startswith("Tool 1.2: waiting for 127.0.0.1:")
    assert any(re.search(r" \d+ kB of \d{3} kB, ", text) and text.endswith("a second") for text in it.told.under_way), (
        it.told.under_way
    )


def test_a_mirror_has_each_host_as_a_folder(tmp_path: Path) -> None:
    with trial(tmp_path) as it:
        it.downloads.programs(described())
    assert it.server.seen == [("/releases.example/v1/tool.tar.gz", "")]


def test_a_file_of_another_digest_is_deleted_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    other = archive_of(tool="#!/bin/sh\necho somebody elses\n")
    with trial(tmp_path, content=other) as it, pytest.raises(UserError) as caught:
        it.downloads.programs(described())
    assert not isinstance(caught.value, DownloadError)
    assert hashlib.sha256(other).hexdigest() in caught.value.message
    assert hashlib.sha256(CONTENT).hexdigest() in caught.value.message
    assert it.cache == []


def test_a_connection_that_ends_early_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    with trial(tmp_path, "half", "half") as it:
        it.downloads.programs(described())
    half = len(CONTENT) // 2
    assert it.server.ranges == ["", f"bytes={half}-", f"bytes={half + (len(CONTENT) - half) // 2}-"]
    assert sum("the connection ended after" in text for text in it.told.said) == 2


def test_what_an_earlier_run_received_is_not_received_again(tmp_path: Path) -> None:
    with trial(tmp_path, "half", "404") as it:
        with pytest.raises(DownloadError, match="status 404"):
            it.downloads.programs(described())
        assert [name for name in it.cache if name.endswith(".part")]
        it.downloads.programs(described())
    assert it.server.ranges[-1] == f"bytes={len(CONTENT) // 2}-"
    assert any("from the" in text and "of an earlier run on" in text for text in it.told.said)


def test_a_server_that_knows_no_ranges_sends_the_whole_file_again(tmp_path: Path) -> None:
    with trial(tmp_path, "half", "no-range") as it:
        assert (it.downloads.programs(described()) / "tool").exists()


def test_a_file_that_was_complete_but_not_yet_unpacked_is_only_checked(tmp_path: Path) -> None:
    with trial(tmp_path) as it:
        tmp_path.mkdir(exist_ok=True)
        digest = hashlib.sha256(CONTENT).hexdigest()[:12]
        (tmp_path / f"tool-{digest}.part").write_bytes(CONTENT)
        assert (it.downloads.programs(described()) / "tool").exists()
    assert it.server.ranges == [f"bytes={len(CONTENT)}-"]


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    with trial(tmp_path, "redirect") as it:
        it.downloads.programs(described())
    assert [path for path, _ in it.server.seen] == [
        "/releases.example/v1/tool.tar.gz",
        "/elsewhere/releases.example/v1/tool.tar.gz",
    ]


def test_a_release_that_does_not_exist_is_named_and_asked_for_once(tmp_path: Path) -> None:
    with trial(tmp_path, "404", "404") as it, pytest.raises(DownloadError, match=r"tool\.tar\.gz answers .* 404"):
        it.downloads.programs(described())
    assert len(it.server.seen) == 1


def test_a_server_that_fails_is_asked_three_times(tmp_path: Path) -> None:
    with trial(tmp_path, "503", "503", "503") as it, pytest.raises(DownloadError, match="status 503"):
        it.downloads.programs(described())
    assert len(it.server.seen) == 3


def test_a_server_that_falls_silent_is_left_and_asked_again(tmp_path: Path) -> None:
    with trial(tmp_path, "slow", patience=0.2) as it:
        it.downloads.programs(described())
    assert any("nothing came for too long" in text for text in it.told.said)


def test_a_host_that_nobody_listens_on_is_not_asked_twice(tmp_path: Path) -> None:
    with trial(tmp_path) as it:
        pass
    with pytest.raises(DownloadError, match="refused"):
        it.downloads.programs(described())
    assert it.told.under_way == [f"Tool 1.2: waiting for {it.server.url.removeprefix('http://')}"]


def test_an_archive_without_the_program_says_so(tmp_path: Path) -> None:
    with trial(tmp_path) as it, pytest.raises(UserError, match="does not hold tool/bin/other"):
        it.downloads.programs(described(other="tool/bin/other"))
    assert not [name for name in it.cache if not name.endswith(".part")]


def test_every_release_has_a_digest_of_its_length_and_one_host_of_its_project() -> None:
    platforms = [(system, machine) for system in ("linux", "darwin") for machine in ("amd64", "arm64")]
    made = (kubernetes_release, etcd_release, helm_release)
    found = [each for make in made for on in platforms if (each := make(on))]
    assert len(found) == 8
    for each in found:
        algorithm, _, digest = each.digest.partition(":")
        assert len(digest) == hashlib.new(algorithm).digest_size * 2
        assert each.url.startswith(("https://dl.k8s.io/", "https://github.com/etcd-io/etcd/", "https://get.helm.sh/"))
    assert len({each.digest for each in found}) == len(found)


def test_releases_are_those_that_go_would_build() -> None:
    assert HELM.version("helm.sh/helm/v3") == releases.HELM_RELEASE
    assert ETCD.version("go.etcd.io/etcd/server/v3") == releases.ETCD_RELEASE
    assert KUBERNETES_VERSION.rpartition(".")[0] == releases.KUBERNETES_RELEASE.rpartition(".")[0]


def test_without_a_network_and_without_go_one_error_names_every_way(tmp_path: Path) -> None:
    with file_server(FileServer(b"")) as server:
        pass
    env = {"HOME": str(tmp_path), "PATH": "", MIRROR: server.url}
    with pytest.raises(UserError, match="Go is not on PATH") as caught:
        Toolchain(env=env).helm()
    assert "refused" in caught.value.message
    assert all(word in caught.value.remedy for word in ("network", MIRROR, "Go 1.26"))


@pytest.mark.process
def test_without_a_network_go_builds_what_cannot_be_downloaded(tmp_path: Path) -> None:
    with file_server(FileServer(b"")) as server:
        pass
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("#!/bin/sh\necho asked of go >&2; exit 1\n")
    go.chmod(0o755)
    env = {"HOME": str(tmp_path), "PATH": f"{go.parent}:/bin:/usr/bin", MIRROR: server.url}
    with pytest.raises(UserError, match="asked of go"):
        Toolchain(env=env).helm()


def test_with_downloads_off_nobody_is_asked(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PATH": "", MIRROR: "off"}
    with pytest.raises(UserError, match=f"{MIRROR} is off"):
        Toolchain(env=env).helm()
