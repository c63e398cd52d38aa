"""Looking for work: namespace by namespace, kind by kind."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.unit.upkeep.test_finished import ENDED, THEIR_OWN

from cubec.cluster import RefusedError
from cubec.upkeep import endings, work
from cubec.upkeep.plan import Finding

TOLD = {
    "platform": "research",
    "kinds": [
        {"apiVersion": "kubeflow.org/v1", "kind": "TFJob", "resource": "tfjobs"},
        {"apiVersion": "batch/v1", "kind": "Job", "resource": "jobs"},
    ],
}


class Shelf:
    """A cluster that refuses some lists, by the end of their path."""

    def __init__(self, **refused: int) -> None:
        self.refused, self.asked = refused, list[str]()

    def list(self, where: str, *, labels: str = "") -> Sequence[Any]:
        if where.endswith("/namespaces"):
            return [{"metadata": {"name": name}} for name in ("dev1", "dev2")]
        self.asked.append(where)
        for part, status in self.refused.items():
            if where.endswith(f"/{part}"):
                raise RefusedError(status, {"message": "no"}, "GET")
        *_, namespace, plural = where.split("/")
        return [{"metadata": {"name": "a", "namespace": namespace, "uid": f"{namespace}-{plural}"}}]


def observe(shelf: Shelf) -> work.Seen:
    return work.observe(shelf, TOLD)  # type: ignore[arg-type]


def test_all_of_it():
    """Every kind in every namespace, owners before pods."""
    seen = observe(Shelf())

    assert [one.about for one in seen.work] == [
        f"{kind} {space}/a" for space in ("dev1", "dev2") for kind in ("TFJob", "Job", "Pod")
    ]
    assert seen.troubles == ()


KEPT = [(kind, {"status": status(4)}) for kind, status in ENDED] + [
    (kind, {"spec": spec, "status": status}) for kind, spec, status in THEIR_OWN
]


@pytest.mark.parametrize(("kind", "parts"), KEPT)
def test_what_is_kept_is_enough(kind: work.Kind, parts: dict[str, Any]):
    """With nothing but what is kept of it an object says the same of its end, and of its own time to live."""
    more = {"managedFields": [1], "annotations": {}, "labels": {"a": "b"}, "name": "a"}
    item = {"metadata": more, "spec": {"template": {}}, "other": 1, **parts, "kind": "x"}
    ending = endings.ENDINGS[kind.group, kind.resource]
    less = work.kept(item)

    assert (ending.ended(less), ending.began(less)) == (ending.ended(item), ending.began(item))
    assert ending.removes_itself(less) == ending.removes_itself(item)
    assert endings.suspended(work.kept({"spec": {"suspend": True}}))
    assert "managedFields" not in less["metadata"]
    assert "template" not in less["spec"]


@pytest.mark.parametrize("item", [{}, {"status": None}, {"status": [], "spec": 1}, {"status": {"phase": None}}])
def test_what_has_no_parts(item: dict[str, Any]):
    """An object without status, or with one that is none, is no trouble."""
    assert work.kept(item).get("status", {}) in ({}, {"phase": None})


def test_a_kind_that_is_not_installed():
    """It is asked for once, and said once, however many namespaces there are; it is no error."""
    shelf = Shelf(tfjobs=404)
    seen = observe(shelf)

    assert seen.troubles == (Finding("tfjobs of kubeflow.org/v1", "this kind is not installed"),)
    assert len([where for where in shelf.asked if where.endswith("tfjobs")]) == 1
    assert len(seen.work) == 4


def test_a_list_that_is_refused():
    """It is an error for each namespace, and the other kinds are looked at all the same."""
    seen = observe(Shelf(jobs=403))

    assert seen.troubles == tuple(
        Finding(f"jobs in {space}", "could not be listed: no", error=True) for space in ("dev1", "dev2")
    )
    assert {one.kind.name for one in seen.work} == {"TFJob", "Pod"}
