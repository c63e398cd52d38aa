"""What can be wrong with a submitted file, so that nothing in it can be rehearsed."""

from cubec.diagnostics import Rule, Severity

NOT_AN_OBJECT = Rule(
    "not-an-object",
    Severity.ERROR,
    "a submitted document is no Kubernetes object",
    """
Every Kubernetes object says what it is and what it is called: apiVersion, kind and metadata.name (or generateName). `cubec try`
takes a file of such objects, as `kubectl create -f` does; tenant files are checked by `cubec check`.

Bad:
    kind: Job
    spec: {}

Good:
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: train
""",
)
OBJECT_SHAPE = Rule(
    "object-shape",
    Severity.ERROR,
    "a field of a submitted pod has a value of another shape than Kubernetes takes",
    """
A rehearsal reads the fields of a pod that decide where and whether it runs. One that holds a text where Kubernetes wants a list,
or a list where it wants a mapping, would be refused before any policy is asked. Fields that a rehearsal does not read are
left to the API server.

Bad:
    nodeSelector: gpu-t4

Good:
    nodeSelector:
      cubec.node-restriction.kubernetes.io/pool: gpu-t4
""",
)
FOREIGN_OBJECT = Rule(
    "foreign-object",
    Severity.ERROR,
    "a submitted object names a namespace that is not the group's",
    """
`cubec try` judges what a group may do in its own namespaces. An object that names another one belongs to another group's
rehearsal, or to nobody's. Leave metadata.namespace out, and the object goes to the group's first namespace or to the
one that --namespace names.

Bad:
    metadata:
      name: train
      namespace: kube-system

Good:
    metadata:
      name: train
""",
)

RULES: tuple[Rule, ...] = (NOT_AN_OBJECT, OBJECT_SHAPE, FOREIGN_OBJECT)
