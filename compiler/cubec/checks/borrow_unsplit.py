"""A placement may borrow, and its group has several namespaces.

Borrowing is done by the queue of a namespace. With several namespaces nobody but the group can say which of them may borrow how
much, so borrow stands in the quota of a namespace, and in the placement it does nothing.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      namespaces:
        - {name: dev1-train, quota: {gpu: 1}}
        - {name: dev1-notebooks}
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            gpu: 1
            borrow: {gpu: 1}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      namespaces:
        - {name: dev1-train, quota: {gpu: 1, borrow: {gpu: 1}}}
        - {name: dev1-notebooks}
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            gpu: 1
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("borrow-unsplit", Severity.WARNING, "a placement borrows for several namespaces", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        quota = placement.spec.quota
        if quota.borrow is not None and placement.site.kueue and len(placement.namespaces) > 1:
            yield RULE.at(
                quota.origin.key("borrow"),
                f'"borrow" does nothing here: group "{placement.group.name}" has {len(placement.namespaces)} namespaces',
                hint="move borrow into the quota of the namespaces that may borrow",
                related=[Related(placement.group.origin.at("spec", "namespaces"), "the namespaces are listed")],
            )
