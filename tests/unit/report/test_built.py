"""The lines that a build ends with: what they count."""

from cubec.report.built import Tally

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
