"""The life of a cluster: up, down, status."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testcluster import argocd, control_plane, kueue, nodes
from testcluster.binaries import GROUPS, Cache
from testcluster.cluster import Cluster
from testcluster.nodes import DEFAULT, Node
from testcluster.processes import ClusterError, process_fields

PREFIX = "cubec-cluster-"
EXTRAS: Mapping[str, Callable[[Cluster, Mapping[str, Path]], None]] = {"kueue": kueue.start, "argocd": argocd.start}
Report = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What `up` is asked for."""

    folder: Path | None = None
    extras: list[str] = field(default_factory=list)
    emulate: str | None = None
    nodes: list[Node] = field(default_factory=lambda: list(DEFAULT))


def up(wanted: Wanted, report: Report) -> Cluster:
    """Start a cluster; one that does not come up is taken down again, and its logs are kept."""
    cache = Cache()
    groups = ["cluster", *(f"with-{extra}" for extra in wanted.extras)]
    binaries = {name: cache.build(name) for group in groups for name in GROUPS[group]}
    cluster = Cluster(_fresh_folder(wanted.folder))
    cluster.facts.emulate, cluster.facts.extras = wanted.emulate, wanted.extras
    cluster.remember()
    try:
        control_plane.start(cluster, binaries, report)
        nodes.start(cluster, binaries["kwok"], wanted.nodes)
        report(f"{len(wanted.nodes)} nodes are ready")
        for extra in wanted.extras:
            EXTRAS[extra](cluster, binaries)
            report(f"{extra} is ready")
    except BaseException:
        down(cluster.folder, keep_logs=True)
        report(f"the cluster did not come up; logs: {cluster.folder / 'log'}")
        raise
    return cluster


def down(folder: Path, *, keep_logs: bool = False) -> None:
    """End the processes and remove the folder, or all of it but the logs."""
    cluster = existing(folder)
    cluster.processes.stop()
    if not keep_logs:
        shutil.rmtree(cluster.folder)
        return
    for entry in cluster.folder.iterdir():
        if entry.name == "log":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def status(cluster: Cluster) -> tuple[list[str], bool]:
    """A line for the cluster and one for each of its processes; and whether all of them run."""
    facts = cluster.facts
    traits = [facts.server, *(f"with {extra}" for extra in facts.extras)]
    traits += [f"emulates {facts.emulate}"] if facts.emulate else []
    traits += [f"git {facts.git_url}"] if facts.git_url else []
    lines = [f"{cluster.folder}: {', '.join(traits)}"]
    for process in cluster.processes.all:
        state = _consumption(process.pid) if process.alive else "gone"
        lines.append(f"  {process.name:<31} pid {process.pid:>7}  {state}")
    processes = cluster.processes.all
    return lines, bool(processes) and all(process.alive for process in processes)


def existing(folder: Path) -> Cluster:
    """The cluster of a folder, which may also be named by its kubeconfig."""
    folder = folder.absolute()
    cluster = Cluster(folder.parent if folder.is_file() else folder)
    if not cluster.exists:
        raise ClusterError(f"{folder} holds no cluster")
    return cluster


def found_in_temporary_folders() -> list[Cluster]:
    """The clusters whose folders `up` chose itself."""
    folders = sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
    return [cluster for cluster in map(Cluster, folders) if cluster.exists]


def _fresh_folder(folder: Path | None) -> Path:
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ClusterError(f"{folder} is not empty: name another folder, or take down the cluster in it")
    (folder / "log").mkdir()
    return folder


def _consumption(pid: int) -> str:
    fields = process_fields(pid)
    if fields is None:
        return "gone"
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    mebibytes = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    return f"{mebibytes:>5} MiB  {seconds:>7.1f} s of CPU"
