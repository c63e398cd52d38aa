"""The lines that a build ends with: what they count."""

from types import SimpleNamespace

from cubec.report.built import Tally, summary
from cubec.writer.changes import Changes

FILES = [
    ("README.md", b"# about\n"),
    ("ack/groups/dev1/rbac.yaml", b"kind: A\n---\nkind: B\n---\nkind: C\n"),
    ("ack/groups/dev2/rbac.yaml", b"kind: A\n"),
    ("ack/platform/rbac.yaml", b"kind: A\ntext: |\n  ---\n"),
    ("ack/clients/kubeconfig/dev1.yaml", b"kind: Config\n"),
    ("dev/upkeep/jobs.yaml", b"kind: A\n---\nkind: B\n"),
]


def test_objects_are_counted_while_files_go_by():
    """Every object counts for its cluster and part; what is not an object does not, and every file comes out as it went in."""
    tally = Tally()

    assert list(tally.through(FILES)) == FILES
    assert tally.objects == {("ack", "groups"): 4, ("ack", "platform"): 1, ("dev", "upkeep"): 2}


def test_the_numbers_stand_below_each_other():
    """The parts of each cluster begin in the same column, however many objects they hold."""
    objects = {("ack", "platform"): 7, ("ack", "groups"): 5, ("gpu-dev", "platform"): 39, ("gpu-dev", "groups"): 1140}
    model = SimpleNamespace(clusters=["ack", "gpu-dev"], groups=["dev1"])
    changes = Changes((), ("ack/groups/dev1/rbac.yaml",), (), 0)
    lines = summary(1, model, objects, changes).split("\n")

    assert lines == [
        "1 file, 2 clusters, 1 group → 1191 objects",
        "ack      platform 7    groups 5      upkeep 0   delivery 0   (1 changed: dev1/rbac.yaml)",
        "gpu-dev  platform 39   groups 1140   upkeep 0   delivery 0   (no change)",
    ]
