"""The only package that imports the Kubernetes client, or speaks to an API server."""

from cubec.cluster.client import APPLY, JSON_PATCH, MERGE_PATCH, Cluster, Object
from cubec.cluster.connect import from_kubeconfig, from_pod
from cubec.cluster.errors import ClusterError, LateError, RefusedError, UnreachableError
from cubec.cluster.resources import Resource, path

__all__ = [
    "APPLY",
    "JSON_PATCH",
    "MERGE_PATCH",
    "Cluster",
    "ClusterError",
    "LateError",
    "Object",
    "RefusedError",
    "Resource",
    "UnreachableError",
    "from_kubeconfig",
    "from_pod",
    "path",
]
