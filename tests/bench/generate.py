"""A platform of N groups, each of which becomes 41 objects: written below a folder, the same every time.

Usage: python -m tests.bench.generate N DIR
"""

import sys
from collections.abc import Iterator
from pathlib import Path

MEMBERS = 10
VOLUMES = 4
TEMPLATES = 7
REGISTRIES = 3
PER_POOL = 40  # groups that share one pool

PLATFORM = """\
apiVersion: cubec.io/v1
kind: Platform
metadata:
  name: bench
spec:
  priorities:
    - {name: normal, value: 1000, default: true}
  upkeep:
    image: registry.example.com/platform/cubec:1.0
    nodes: {}
    pullSecrets: {}
    notebooks: {}
    finished: {}
    rightSizing: {prometheus: "http://prometheus.monitoring:9090"}
"""

CLUSTER = """\
apiVersion: cubec.io/v1
kind: Cluster
metadata:
  name: big
spec:
  kubernetes: "1.36"
  server: https://big.example.com:6443
  delivery: {engine: argocd, repository: "https://git.example.com/platform/bench.git"}
  secrets: {mode: external-secrets, store: {name: vault}}
  capabilities: [external-secrets, kubeflow-training, kueue]
  ingressNamespaces: [ingress-nginx]
  monitoringNamespaces: [monitoring]
"""

POOL = """\
  - apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {{name: pool-{n}}}
    spec:
      cluster: big
      nodes:
        names: [{nodes}]
      capacity: {{cpu: 64, memory: 512Gi, ephemeralStorage: 1Ti, pods: 110}}
      accelerator: {{model: A100, count: 8}}
"""

REGISTRY = """\
  - apiVersion: cubec.io/v1
    kind: Registry
    metadata: {{name: hub-{n}}}
    spec:
      server: hub-{n}.example.com
      allGroups: true
      credentials: {{remote: registries/hub-{n}}}
"""

TEMPLATE = """\
  - apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata: {{name: template-{n}}}
    spec:
      image: hub-0.example.com/templates/job-{n}:1.0
      command: [python, /app/main.py]
      parameters:
        - {{name: steps, type: int, default: {m}000, describe: how long to train}}
      resources: {{cpu: 1~2, memory: 2Gi~4Gi, gpu: 1}}
"""

LIST = "apiVersion: cubec.io/v1\nkind: List\nitems:\n"

USER = """\
  - apiVersion: cubec.io/v1
    kind: User
    metadata: {{name: user-{g}-{n}}}
    spec: {{uid: {uid}, displayName: "User {n} of {g}", email: "user-{g}-{n}@example.com"}}
"""

VOLUME = """\
  - apiVersion: cubec.io/v1
    kind: Volume
    metadata: {{name: volume-{g}-{n}}}
    spec:
      description: data set {n} of group {g}
      owner: team-{g}
      capacity: 1Ti
      source:
        nfs: {{server: nas-{s}.example.com, path: /teams/{g}/volume-{n}}}
      grants:
        - {{group: team-{g}, access: {access}}}
"""

GROUP = """\
  - apiVersion: cubec.io/v1
    kind: Group
    metadata: {{name: team-{g}}}
    spec:
      description: research team {g}
      owners: ["@example/team-{g}"]
      gid: {gid}
      members:
{members}      placements:
        - cluster: big
          pools: [pool-{pool}]
          quota:
            cpu: 64
            memory: 512Gi
            gpu: 2
            pods: 100
            storage: 10Ti
            perPod: {{cpu: 64, memory: 512Gi, gpu: 2}}
      volumes:
{volumes}      allTemplates: true
"""


def files(count: int) -> Iterator[tuple[str, str]]:
    """Path below ``tenants/`` and text; ``count`` files of a group each, and four that they share."""
    yield "platform.yaml", PLATFORM
    yield "cluster.yaml", CLUSTER
    pools = range((count + PER_POOL - 1) // PER_POOL)
    nodes = {n: ", ".join(f"node-{n}-{m}" for m in range(10)) for n in pools}
    yield "pools.yaml", LIST + "".join(POOL.format(n=n, nodes=nodes[n]) for n in pools)
    shared = "".join(REGISTRY.format(n=n) for n in range(REGISTRIES)) + "".join(
        TEMPLATE.format(n=n, m=n + 1) for n in range(TEMPLATES)
    )
    yield "shared.yaml", LIST + shared
    for g in range(count):
        yield f"groups/team-{g}.yaml", LIST + _group(g)


def _group(g: int) -> str:
    members = "".join(f"        - {{user: user-{g}-{n}, role: developer}}\n" for n in range(MEMBERS))
    volumes = "".join(f"        - {{volume: volume-{g}-{n}, mount: /data/{n}}}\n" for n in range(VOLUMES))
    users = "".join(USER.format(g=g, n=n, uid=100_000 + g * MEMBERS + n) for n in range(MEMBERS))
    access = ("read-write", "read-only")
    held = "".join(VOLUME.format(g=g, n=n, s=g % 16, access=access[n % 2]) for n in range(VOLUMES))
    return GROUP.format(g=g, gid=100_000 + g, pool=g // PER_POOL, members=members, volumes=volumes) + users + held


def write(count: int, folder: Path) -> None:
    for name, text in files(count):
        path = folder / "tenants" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
