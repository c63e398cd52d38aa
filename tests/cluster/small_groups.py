"""Small groups for drills that change much: a document for each, and a volume that is its own."""

from collections.abc import Sequence

from tests.cluster.repository import Repository

GROUP = """\
apiVersion: cubec.io/v1
kind: Group
metadata: {{name: {name}}}
spec:
  gid: {gid}
  owners: ["@example/platform"]
  members:
    - {{user: bob, role: developer}}
    - {{user: amy, role: viewer}}
  placements:
    - {{cluster: {cluster}, pools: [{pool}], quota: {{cpu: 1, memory: 1Gi}}}}
  volumes: [{{volume: {name}-data}}]
"""
VOLUME = """\
apiVersion: cubec.io/v1
kind: Volume
metadata: {{name: {name}-data}}
spec:
  clusters: [{cluster}]
  capacity: 1Ti
  source: {{nfs: {{server: nas-9.example.com, path: /{name}}}}}
  grants: [{{group: {name}}}]
"""
AMY = "    - {user: amy, role: viewer}\n"
LAST_DAY = "  state: decommissioned\n  until: 2026-11-30\n  reason: the project is over\n  gid:"  # in place of "  gid:"


def paths(name: str) -> tuple[str, str]:
    return f"tenants/groups/{name}.yaml", f"tenants/volumes/{name}.yaml"


def add(repository: Repository, names: Sequence[str], cluster: str, pool: str, first_gid: int = 10100) -> None:
    for gid, name in enumerate(names, first_gid):
        for path, text in zip(paths(name), (GROUP, VOLUME), strict=True):
            repository.write(path, text.format(name=name, gid=gid, cluster=cluster, pool=pool))


def remove(repository: Repository, name: str) -> dict[str, str]:
    """Take a group's documents away; what they said, for who wants them back."""
    texts = {path: repository.read(path) for path in paths(name)}
    for path in texts:
        repository.remove(path)
    return texts


def rename(repository: Repository, name: str, new: str) -> None:
    """A new name for a group, and one member less."""
    group, volume = remove(repository, name).values()
    group = group.replace(f"{{name: {name}}}", f"{{name: {new}}}").replace(AMY, "")
    repository.write(paths(new)[0], group.replace("  gid:", f"  previously: [{name}]\n  gid:"))
    repository.write(paths(name)[1], volume.replace(f"{{group: {name}}}", f"{{group: {new}}}"))
