"""Finding the cluster: from a kubeconfig, or from the pod that this process runs in."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cubec.cluster.client import Cluster
from cubec.cluster.errors import ClusterError


def from_kubeconfig(
    file: Path | None, context: str | None = None, *, clock: Callable[[], datetime] | None = None
) -> Cluster:
    """The cluster of a kubeconfig; of the one that kubectl would take where ``file`` is None."""
    import yaml  # noqa: PLC0415
    from kubernetes import client, config  # noqa: PLC0415

    configuration = client.Configuration()
    try:
        config.load_kube_config(str(file) if file else None, context, client_configuration=configuration)  # type: ignore[no-untyped-call]
    except (config.ConfigException, OSError) as error:
        said = str(error).rstrip(".")
        raise ClusterError(f"kubeconfig {file or 'of kubectl'}: {said}; name one with --kubeconfig FILE") from error
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        # what the parser says may quote a token
        raise ClusterError(f"kubeconfig {file or 'of kubectl'} is damaged: get a new one") from None
    return Cluster(configuration, clock=clock)


def from_pod(*, clock: Callable[[], datetime] | None = None) -> Cluster:
    """The cluster that this process runs in, as its ServiceAccount."""
    from kubernetes import client, config  # noqa: PLC0415

    configuration = client.Configuration()
    try:
        config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    except config.ConfigException as error:
        said = str(error).rstrip(".")
        raise ClusterError(f"not in a pod: {said}; from outside name a kubeconfig with --kubeconfig FILE") from error
    return Cluster(configuration, clock=clock)
