"""Do the pods that send go away, whatever happens? The controllers of a real API server, and jobs of killed runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.verify.live import probe_job as job_file
from fairlead.verify.live.probe_job import OWNER, Place, is_abandoned, probe_job, probe_name, this_process
from fairlead.verify.live.probe_pods import ProbePods
from fairlead.verify.sending import CannotSendError
from tests.fixtures.placed import there, thing

NAMESPACE = "probed"
JOB = ("batch/v1", "Job", NAMESPACE, "fairlead/verify")
MARK = "proj.dev"
RUN = """
import sys
from pathlib import Path
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.verify.live.probe_job import Place
from fairlead.verify.live.probe_pods import ProbePods
with ProbePods(LiveCluster(Path(sys.argv[1])), "proj.dev", 3) as pods:
    pods.pod(Place("probed"))
"""


@pytest.fixture
def home(live_cluster: LiveCluster) -> Iterator[LiveCluster]:
    restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = thing("v1", "Namespace", NAMESPACE, metadata={"labels": restricted})
    with there(live_cluster, namespace, thing("v1", "ServiceAccount", "default", NAMESPACE)):
        yield live_cluster


def eventually(seen: Any, wanted: Any, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while seen() != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert seen() == wanted


@pytest.mark.apiserver
def test_a_pod_is_allowed_where_pod_security_is_restricted_and_kubernetes_itself_removes_it(
    home: LiveCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_file, "LASTS", 2)
    monkeypatch.setattr(job_file, "KEPT", 1)
    home.create(probe_job(MARK, "run", Place(NAMESPACE)))
    eventually(lambda: len(home.labelled("v1", "Pod", NAMESPACE, "fairlead/verify=run")), 1)
    eventually(lambda: home.labelled(*JOB), {})
    eventually(lambda: home.labelled("v1", "Pod", NAMESPACE, ""), {})


@pytest.mark.apiserver
@pytest.mark.parametrize(("number", "left"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_a_run_that_is_stopped_deletes_its_pods_and_the_next_run_those_of_a_killed_one(
    home: LiveCluster, api_server: ApiServer, number: int, left: int
) -> None:
    command = [sys.executable, "-c", RUN, str(api_server.kubeconfig)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        eventually(lambda: len(home.labelled(*JOB)), 1)
        os.kill(run.pid, number)
        run.wait(20)
    assert len(home.labelled(*JOB)) == left
    with ProbePods(home, MARK, 3) as pods:
        assert pods.created == 0
        eventually(lambda: home.labelled(*JOB), {})


@pytest.mark.apiserver
def test_pods_of_other_stacks_and_of_runs_under_way_are_left(home: LiveCluster) -> None:
    others = [probe_job("other.dev", "one", Place(NAMESPACE)), probe_job(MARK, "two", Place(NAMESPACE))]
    others[0]["metadata"]["annotations"][OWNER] = this_process().replace(str(os.getpid()), "999999999")
    for each in others:
        home.create(each)
    with ProbePods(home, MARK, 3):
        pass
    assert len(home.labelled(*JOB)) == 2
    for ref in home.labelled(*JOB):
        home.delete(ref)


@pytest.mark.apiserver
def test_why_a_pod_does_not_start_is_said(home: LiveCluster) -> None:
    with ProbePods(home, MARK, 3, within=1.5) as pods:
        with pytest.raises(CannotSendError, match="was not ready after 2 s: no scheduler has placed it"):
            pods.pod(Place(NAMESPACE))
        with pytest.raises(CannotSendError, match="was not ready"):
            pods.pod(Place(NAMESPACE))
        assert pods.created == 1
        with pytest.raises(CannotSendError, match='no pod can be created in nowhere: namespaces "nowhere" not found'):
            pods.pod(Place("nowhere"))
    eventually(lambda: home.labelled(*JOB), {})


@pytest.mark.mesh
def test_a_process_of_this_machine_that_has_ended_has_abandoned_its_pods() -> None:
    assert not is_abandoned(this_process())
    assert is_abandoned(this_process().replace(f"-{os.getpid()}", "-999999999"))
    assert not is_abandoned("elsewhere-999999999")
    assert not is_abandoned("")


@pytest.mark.mesh
def test_each_place_has_a_name_of_its_own_and_no_label_of_an_app() -> None:
    places = [Place("a"), Place("b"), Place("a", "x"), Place("a", labels=(("sidecar.istio.io/inject", "false"),))]
    assert len({probe_name("run", each) for each in places}) == 4
    template = probe_job(MARK, "run", places[3])["spec"]["template"]
    wanted = {"fairlead/stack": MARK, "fairlead/verify": "run", "sidecar.istio.io/inject": "false"}
    assert template["metadata"]["labels"] == wanted
    assert template["spec"]["containers"][0]["image"].startswith("docker.io/curlimages/curl:8.22.0@sha256:")
    assert (
        probe_job(MARK, "run", places[0], "mirror/curl:1")["spec"]["template"]["spec"]["containers"][0]["image"]
        == "mirror/curl:1"
    )


@pytest.mark.apiserver
def test_a_pod_that_is_rejected_is_not_waited_for_long_and_the_rejection_is_said(home: LiveCluster) -> None:
    nothing = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", "namespace": NAMESPACE}}
    with there(home, nothing | {"spec": {"hard": {"pods": "0"}}}), ProbePods(home, MARK, 3) as pods:
        quota = ("v1", "ResourceQuota", NAMESPACE, "")
        eventually(lambda: [bool(each.get("status")) for each in home.labelled(*quota).values()], [True])
        pods.created_within = 1
        with pytest.raises(CannotSendError, match=r"had no pod after 1 s: .*exceeded quota: none"):
            pods.pod(Place(NAMESPACE))
