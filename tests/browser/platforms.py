"""Platforms that the pages are looked at with: one in which a little of everything happens, and one with a thousand groups."""

from datetime import date
from pathlib import Path

from cubec import pipeline
from cubec.model.model import Model
from tests.bench import generate

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 22)
HOSTILE = "\"><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"

LONG = "a" * 40  # as long as a name may be, and nowhere to break it
WIDE = "W" * 120

_BUSY = """\
apiVersion: cubec.io/v1
kind: List
items:
  - {apiVersion: cubec.io/v1, kind: Platform, metadata: {name: lab}, spec: {description: HOSTILE, profiles: [arena], prices: {currency: EUR, perCardHour: {T4: 0.35}}}}
  - apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: east}
    spec:
      description: training
      kubernetes: "1.36"
      server: https://east.example.com:6443
      delivery: {engine: argocd, repository: "https://git.example.com/lab.git"}
      capabilities: [kueue, kubeflow-training]
  - apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: west}
    spec:
      kubernetes: "1.34"
      server: https://west.example.com:6443
      delivery: {engine: none}
  - apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: t4}
    spec: {cluster: east, nodes: {names: [a-1, a-2]}, capacity: {cpu: 16, memory: 64Gi}, accelerator: {model: T4, count: 4}}
  - apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: crowded}
    spec:
      cluster: west
      nodes: {names: [b-1]}
      capacity: {cpu: 16, memory: 64Gi}
      accelerator: {model: A100, count: 4}
      overcommit: {gpu: 200%}
  - apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: plain}
    spec: {cluster: west, nodes: {selector: {type: cpu}, count: 3}, capacity: {cpu: 8, memory: 32Gi, ephemeralStorage: 50Gi}, groups: [audio]}
  - {apiVersion: cubec.io/v1, kind: User, metadata: {name: ann}, spec: {uid: 20001, displayName: HOSTILE, platformRole: viewer}}
  - {apiVersion: cubec.io/v1, kind: User, metadata: {name: ben}, spec: {uid: 20002, displayName: "javascript:alert(1)", expires: 2026-12-31}}
  - {apiVersion: cubec.io/v1, kind: User, metadata: {name: cem}, spec: {uid: 20003, expires: 2026-11-01}}
  - {apiVersion: cubec.io/v1, kind: User, metadata: {name: dan}, spec: {uid: 20004}}
  - {apiVersion: cubec.io/v1, kind: User, metadata: {name: LONG}, spec: {uid: 20006, displayName: WIDE}}
  - {apiVersion: cubec.io/v1, kind: User, metadata: {name: eve}, spec: {uid: 20005, displayName: "Eve, חנה"}}
  - apiVersion: cubec.io/v1
    kind: Volume
    metadata: {name: corpus}
    spec:
      description: HOSTILE
      owner: audio
      clusters: [east]
      capacity: 2Ti
      migration: {until: 2027-01-15, reason: new filer}
      source: {nfs: {server: nas.example.com, path: /corpus}}
      grants: [{group: audio}, {group: video, access: read-only, claim: sounds}, {group: text}]
  - apiVersion: cubec.io/v1
    kind: Volume
    metadata: {name: spare}
    spec: {capacity: 1Gi, source: {nfs: {server: nas.example.com, path: /spare}}}
  - apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: audio}
    spec:
      description: "@everyone </details> [a](http://b.example.com)"
      owners: ["@example/audio"]
      gid: 10001
      members: [{user: ann, role: owner}, {user: ben, role: developer}, {user: cem, role: viewer}]
      placements:
        - {cluster: east, pools: [t4], quota: {gpu: 3, cpu: 8, memory: 32Gi, borrow: {gpu: 2}}}
        - {cluster: west, pools: [crowded, plain], defaultPool: plain, quota: {gpu: 3, storage: 1Ti, claims: 4, perPod: {cpu: 4, memory: 8Gi, gpu: 2}}}
      envelope: {gpu: 4}
      volumes: [{volume: corpus, mount: /data}]
  - apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: video}
    spec:
      description: HOSTILE
      gid: 10002
      state: suspended
      members: [{user: ben, role: viewer, expires: 2026-11-30}, {user: ann, role: viewer, expires: 2026-10-01}]
      placements: [{cluster: west, pools: [crowded], quota: {gpu: 2}}, {cluster: east, pools: [t4], quota: {gpu: 2, lend: {gpu: 1}}}]
      volumes: [{volume: corpus, claim: sounds, mount: /sounds}]
  - apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: text}
    spec: {gid: 10003, state: decommissioned, until: 2026-12-01, reason: the project is over, members: [], placements: [{cluster: east, pools: [t4], quota: {gpu: 0}}]}
  - apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: ROOM}
    spec: {description: WIDE, gid: 10004, members: [{user: LONG, role: operator}], placements: [{cluster: east, pools: [t4], quota: {gpu: 1}}]}
"""


_MORE = """\
  - apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: LONG}
    spec: {gid: 10005, members: [{user: ben, role: owner}], placements: [{cluster: west, pools: [crowded]}]}
"""


def busy(*, more: bool = False) -> Model:
    """Four groups, of which there can be a table; with one ``more`` their names are too long for it."""
    text = (_BUSY + _MORE if more else _BUSY).replace("HOSTILE", "'" + HOSTILE.replace("'", "''") + "'")
    text = text.replace("LONG", LONG).replace("ROOM", LONG[:30]).replace("WIDE", WIDE)
    return _model({"tenants/lab.yaml": text})


def thousand(count: int = 1000) -> Model:
    return _model({f"tenants/{name}": text for name, text in generate.files(count)})


def _model(files: dict[str, str]) -> Model:
    analysis = pipeline.analyse(((name, text.encode()) for name, text in files.items()), [], DAY)
    assert analysis.model is not None
    assert not analysis.failed, [item for item in analysis.diagnostics if item.severity == 1]
    return analysis.model
