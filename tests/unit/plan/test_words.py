"""Rights in words."""

import pytest

from cubec.plan.rights import Right
from cubec.plan.words import words


def rights(*texts: str) -> tuple[Right, ...]:
    """``get,list jobs.batch`` and the like; a name goes behind a colon."""
    found = []
    for text in texts:
        verbs, what = text.split()
        kind, _, name = what.partition(":")
        resource, _, group = kind.partition(".")
        found += [Right(verb, group, resource, name) for verb in verbs.split(",")]
    return tuple(sorted(found))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), "nothing more"),
        (("get,list,watch pods",), "reads pods"),
        (("get pods",), "looks up pods"),
        (("list,watch pods",), "lists pods"),
        (("watch pods",), "watches pods"),
        (("get pods/log",), "reads logs"),
        (("patch pods",), "changes pods"),
        (("patch,update pods",), "changes pods"),
        (("create,delete pods", "delete services"), "creates pods; deletes pods, services"),
        (("create,delete pods", "create,delete services"), "creates and deletes pods, services"),
        (("deletecollection pods",), "deletes all pods"),
        (("create pods/exec", "get pods/attach"), "enters pods"),
        (("get,list,watch pods", "create pods/exec"), "reads pods; enters pods"),
        (("approve certificates.example.com",), "may approve certificates"),
        (("get,list jobs.batch.volcano.sh",), "reads jobs.batch.volcano.sh"),
        (("get,list tfjobs.kubeflow.org",), "reads tfjobs"),
        (("get configmaps:one",), 'looks up config maps "one"'),
        (("get configmaps:one", "get configmaps:two"), "looks up 2 config maps by name"),
        (("get configmaps:one", "get configmaps"), 'looks up config maps, config maps "one"'),
        (("get namespaces",), "looks up namespaces"),
        (("get namespaces", "get,list pods"), "reads pods"),
        (("get,list namespaces", "get,list pods"), "reads pods, namespaces"),
        (("get deployments/scale.apps",), "looks up the size of deployments"),
        (("get deployments/scale.apps", "get deployments.apps"), "looks up deployments"),
        (("* *.*",), "does everything with everything"),
        (("impersonate users",), "acts as users"),
        (("bind roles.rbac.authorization.k8s.io",), "binds roles"),
        (("escalate roles.rbac.authorization.k8s.io",), "widens roles"),
        (("list secrets", "list pods"), "lists secrets, pods"),
        (tuple(f"get a{n}" for n in range(5)), "looks up a0, a1, a2, a3, a4"),
        (tuple(f"get a{n}" for n in range(6)), "looks up a0, a1, a2, a3 and 2 more kinds"),
    ],
)
def test_words(given: tuple[str, ...], expected: str):
    """What rules allow is said as a person would say it, the kinds that matter first, and never at length."""
    assert words(rights(*given)) == expected
