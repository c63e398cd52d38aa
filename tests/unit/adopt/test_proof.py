"""Findings of drift, told apart by what they mean to somebody who adopts a cluster."""

from cubec.adopt.proof import proof
from cubec.adopt.residue import Sort
from cubec.drift.drift import Drift, Finding, State
from cubec.plan.fields import ABSENT, FieldChange
from cubec.plan.objects import Identity
from cubec.report import adopted


def finding(state: State, kind: str, *fields: FieldChange, why: str = "") -> Finding:
    return Finding(state, Identity("c", "v1", kind, "n", "x"), "path", fields, why)


def judged(*findings: Finding):
    return proof(Drift("c", "https://s", 10, findings))


def test_what_the_compiler_marks_is_no_change():
    """An object that lacks nothing but our labels and annotations is equal, whether it has others or none at all."""
    ours = {"app.kubernetes.io/managed-by": "cubec", "cubec.io/source": "x"}
    found = judged(
        finding(State.FOREIGN, "LimitRange", FieldChange(("metadata", "labels"), ABSENT, ours)),
        finding(State.FOREIGN, "Secret", FieldChange(("metadata", "annotations", "cubec.io/source"), ABSENT, "x")),
    )

    assert (found.equal, found.entries) == (10, ())


def test_what_would_change_and_what_be_replaced():
    """Fields that never change mean replacing; others mean changing, with the fields but for our marks."""
    labels = FieldChange(("metadata", "labels"), {"a": "1"}, {"a": "2", "cubec.io/x": "y"})
    found = judged(
        finding(State.DIFFERENT, "ConfigMap", labels),
        finding(State.DIFFERENT, "PersistentVolumeClaim", FieldChange(("spec", "volumeName"), "a", "b")),
        finding(State.MISSING, "Role"),
        finding(State.NOT_SERVED, "Cohort", why="no such kind"),
        finding(State.GOING, "Namespace", why="since today"),
        finding(State.LEFT_OVER, "PodTemplate"),
        finding(State.KEPT, "PersistentVolume"),
    )

    assert [entry.sort for entry in found.entries] == [
        Sort.CHANGES,
        Sort.REPLACES,
        Sort.ADDS,
        Sort.ADDS,
        Sort.CHANGES,
        Sort.LEFT,
        Sort.LEFT,
    ]
    assert [field.path for field in found.entries[0].fields] == [("metadata", "labels", "a")]
    assert found.equal == 5


def test_the_list_cannot_be_broken_out_of():
    """Backticks and escape codes of live text stay text."""
    evil = "```\n# Heading\x1b[31m"
    found = judged(finding(State.DIFFERENT, "ConfigMap", FieldChange(("data", "k"), evil, "x")))

    text = adopted.text(found.entries, cluster="c", made=10, equal=found.equal)

    assert "````text" in text
    assert "\n# Heading" not in text
    assert "\x1b" not in text
