"""Which cluster does a run reach, and by what name does it mark what it creates there?"""

from __future__ import annotations

from pathlib import Path

from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.snapshot import Snapshot
from fairlead.terminal.progress import Progress
from fairlead.verify.live.live_access import Limits, LiveAccess
from fairlead.verify.outside.outside_sender import OutsideSender
from fairlead.verify.subject import Subject
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.ownership import stack_mark


def cluster_access(
    subject: Subject,
    stack_file: StackFile,
    program: Path,
    named: Named,
    *,
    here: OutsideSender,
    limits: Limits,
    progress: Progress,
    preview: Snapshot | None = None,
) -> LiveAccess:
    """The stack's cluster, as a `preview` that exists already names it, or one made now. `here` sends from this
    machine. Raises UserError where none can be told."""
    config = subject.config
    eks, namespace = (config.cluster.eks, config.istio.namespace) if config else (None, "istio-system")
    cluster = stack_cluster(preview or evaluate(program, stack_file), program, named, eks)
    mark = stack_mark(stack_file.project, stack_file.stack)
    return LiveAccess(cluster, subject.mesh, mark, here, limits, namespace, progress)
