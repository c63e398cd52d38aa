"""The kinds of work that a JobTemplate can make, and the addition that a cluster needs for each."""

from collections.abc import Mapping

BUILT_IN = frozenset({"pod", "job"})
_BY_CAPABILITY: Mapping[str, tuple[str, ...]] = {
    "argo-workflows": ("Workflow",),
    "elastic-training": ("TrainingJob",),
    "kserve": ("InferenceService",),
    "kubedl-cron": ("Cron",),
    "kubeflow-mpi-v1alpha1": ("MPIJob",),
    "kubeflow-notebooks": ("Notebook",),
    "kubeflow-training": ("JAXJob", "MPIJob", "PaddleJob", "PyTorchJob", "TFJob", "XGBoostJob"),
    "leaderworkerset": ("LeaderWorkerSet",),
    "ray": ("RayCluster", "RayJob", "RayService"),
    "spark": ("ScheduledSparkApplication", "SparkApplication"),
    "volcano": ("VolcanoJob",),
}
KINDS = BUILT_IN | {kind for kinds in _BY_CAPABILITY.values() for kind in kinds}


def known(kind: str) -> bool:
    return kind.lower() in {name.lower() for name in KINDS}


def capabilities(kind: str) -> tuple[str, ...]:
    """The additions of which a cluster needs one to run this kind; none for what Kubernetes has itself."""
    return tuple(
        capability for capability, kinds in _BY_CAPABILITY.items() if kind.lower() in {name.lower() for name in kinds}
    )
