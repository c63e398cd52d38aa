"""The kinds of work that a JobTemplate can make, and the addition that a cluster needs for each."""

from collections.abc import Mapping
from functools import lru_cache

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
_SPELLINGS = frozenset(kind.lower() for kind in KINDS)


def known(kind: str) -> bool:
    """Whether there is such a kind, in whatever letter case."""
    return kind.lower() in _SPELLINGS


@lru_cache(maxsize=256)
def capabilities(kind: str) -> tuple[str, ...]:
    """The additions of which a cluster needs one to run this kind; none for what Kubernetes has itself."""
    plain = kind.lower()
    return tuple(name for name, kinds in _BY_CAPABILITY.items() if plain in map(str.lower, kinds))
