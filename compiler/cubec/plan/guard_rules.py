"""What the guard refuses, and the pages that say why and what to write instead."""

from cubec.diagnostics import Rule, Severity

REMOVAL = Rule(
    "removal-without-decommission",
    Severity.ERROR,
    "a group would be deleted that was not decommissioned, or before its last day",
    """
A group goes in two steps, so that nobody loses work by a deleted file or by a merge that went wrong. First its document says
that it is decommissioned, until which day and why, and that is merged. After that day the document may be removed. The guard
looks at the document as it stands on the base, so no change can give leave to itself.

Bad:
    (tenants/groups/dev2.yaml is deleted while it says nothing of an end)

Good:
    state: decommissioned
    until: 2026-12-31
    reason: project ended
""",
)

RENAME = Rule(
    "unmarked-rename",
    Severity.ERROR,
    "a group seems to have another name, and does not say so",
    """
A document of a group is gone, and a new one has the same gid: that is the same group under another name. Unless it says
so, its namespace would be deleted and an empty one made. With `previously` nothing moves: the namespace and the volumes keep
the oldest name.

Bad:
    metadata:
      name: vision # it was called dev2 before
    spec:
      gid: 10002

Good:
    metadata:
      name: vision
    spec:
      gid: 10002
      previously: [dev2]
""",
)

BUDGET = Rule(
    "removal-budget",
    Severity.ERROR,
    "one change would remove more documents than the platform allows",
    """
A wrong checkout, a bad merge or a script can remove many documents at once. One change may remove `maxRemovals` documents of a
kind or `maxRemovalShare` of them, whichever is more, and `maxTotalShare` of all documents. What the base says under `guard`
counts, so a change that raises the budget has to be merged before the one that needs it.

Bad:
    (a change deletes the files of 40 of 200 users, and the platform says nothing of a guard)

Good:
    guard:
      maxRemovals: 40
""",
)

EMPTIED = Rule(
    "emptied-tree",
    Severity.ERROR,
    "no group or no cluster would be left",
    """
When no group or no cluster is left, the tree has most likely been read from the wrong folder or the wrong branch, or a
file with everything in it got lost. A GitOps engine would take the result for what was meant. Only a platform whose groups
have all been decommissioned, and are past their last days, may be emptied.

Bad:
    (tenants/groups/ is gone)

Good:
    (tenants/groups/ is there, and groups leave it one after the other)
""",
)

SOURCE = Rule(
    "source-change",
    Severity.ERROR,
    "a claim would get other data, or lose its data, without a migration",
    """
A volume's source says where the data lies. When it changes, the data does not move along: the claims have to be made anew and
then show what lies at the new place, and a volume that a StorageClass made is deleted with its claim. So the volume has to
announce a time in which its source may change, and that has to be merged first.

Bad:
    source:
      nfs: {server: nas-2.example.com, path: /dev1} # it was nas-1

Good:
    migration: {until: 2026-12-31, reason: new file server}
    source:
      nfs: {server: nas-1.example.com, path: /dev1} # changed after the migration has been merged
""",
)

NAMESPACE = Rule(
    "namespace-removal",
    Severity.ERROR,
    "a group would lose a namespace that it may still be using",
    """
A placement or a namespace that is taken out of a group's document leaves a namespace behind that nobody manages, with
everything that runs in it. So it is emptied first: with `pods: 0` in its quota nothing new starts there. When that has been
merged and nothing runs there any more, it may be taken out. A namespace never passes from one group to another, with the
claims and secrets in it.

Bad:
    (the only placement on cluster ack is deleted from the document of an active group)

Good:
    placements:
      - cluster: ack
        quota: {pods: 0}
""",
)

RULES = (REMOVAL, RENAME, BUDGET, EMPTIED, SOURCE, NAMESPACE)
