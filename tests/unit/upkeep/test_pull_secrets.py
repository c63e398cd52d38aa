"""The task ``pullSecrets``: what it plans for logins, their copies and the namespaces that list them."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cubec.upkeep import login, pull_secrets
from cubec.upkeep.plan import JobError, Plan
from cubec.upkeep.pull_secrets import Look, Seen

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TYPE, KEY = "kubernetes.io/dockerconfigjson", ".dockerconfigjson"
TOLD = {
    "platform": "research",
    "from": "registries",
    "registries": [{"registry": "hub", "secret": "hubsecret", "binding": "cubec--upkeep-pull-secrets--hub"}],
}
BINDING = {"metadata": {"name": "cubec--upkeep-pull-secrets--hub", "uid": "u-binding"}}


def data(password: str = "first") -> dict[str, str]:
    text = json.dumps({"auths": {"registry.example.com": {"password": password}}})
    return {KEY: base64.b64encode(text.encode()).decode()}


def secret(**more: Any) -> dict[str, Any]:
    return {"metadata": {"name": "hubsecret"}, "type": TYPE, "data": data(), **more}


def copy(password: str = "first", **metadata: Any) -> dict[str, Any]:
    made = login.copy("dev1", "hubsecret", data(password), login.Origin("research", "registries/hubsecret", BINDING))
    made["metadata"] |= {"uid": "u-copy", "resourceVersion": "7", **metadata}
    return made


def seen(found: Any, *, original: Any = None, listed: tuple[str, ...] = ("hub",), binding: Any = BINDING) -> Seen:
    look = found if isinstance(found, Look) else Look(found)
    bindings = {("dev1", "hub"): binding if isinstance(binding, Look) else Look(binding)} if "hub" in listed else {}
    first = original if isinstance(original, Look) else Look(original or secret())
    return Seen({"hub": first}, {"dev1": listed}, bindings, {("dev1", "hub"): look})


def plan(found: Any, **more: Any) -> Plan:
    return pull_secrets.plan(TOLD, seen(found, **more), NOW)


def words(found: Plan) -> list[str]:
    return [f"{action.verb} {action.about}: {action.why}" for action in found.actions]


def told(found: Plan) -> list[tuple[str, str]]:
    return [("error" if one.error else "warning", f"{one.about}: {one.text}") for one in found.findings]


def test_a_missing_copy_is_made():
    """Of the type of a login, marked as ours and not as the compiler's, and belonging to the binding that allows it."""
    found = plan(None)
    (action,) = found.actions

    assert words(found) == ["create Secret dev1/hubsecret: is missing"]
    assert action.where == "/api/v1/namespaces/dev1/secrets"
    assert action.private
    assert action.body["metadata"] == {
        "name": "hubsecret",
        "namespace": "dev1",
        "labels": {"app.kubernetes.io/managed-by": "cubec-upkeep", "app.kubernetes.io/part-of": "research"},
        "annotations": {"cubec.io/copied-from": "registries/hubsecret"},
        "ownerReferences": [
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "RoleBinding",
                "name": "cubec--upkeep-pull-secrets--hub",
                "uid": "u-binding",
            }
        ],
    }
    assert (action.body["type"], action.body["data"]) == (TYPE, data())


def test_a_copy_that_is_right_is_left():
    """Also one that somebody put a further label on."""
    marked = copy()
    marked["metadata"]["labels"]["scanned"] = "yes"

    assert plan(copy()) == Plan()
    assert plan(marked) == Plan()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (copy("old"), "the registry's login has changed"),
        (copy(annotations={"cubec.io/copied-from": "other/hubsecret"}), "its annotations have changed"),
        (copy(labels={"app.kubernetes.io/managed-by": "cubec-upkeep"}), "its labels have changed"),
        (copy(ownerReferences=[]), "it does not belong to the binding that allows it"),
    ],
)
def test_a_copy_is_corrected_in_place(found: Any, why: str):
    """The whole object, under the version that was seen: nothing is deleted, and nobody's later change is overwritten."""
    (action,) = plan(found).actions

    assert (action.verb, action.where, action.why) == ("replace", "/api/v1/namespaces/dev1/secrets/hubsecret", why)
    assert action.body["metadata"]["resourceVersion"] == "7"
    assert action.body["data"] == data()


@pytest.mark.parametrize(
    "found",
    [
        secret(),
        secret(metadata={"labels": {"app.kubernetes.io/managed-by": "cubec-upkeep"}}),
        {**copy(), "type": "Opaque"},
        {**copy(), "immutable": True},
    ],
)
def test_what_is_not_ours_is_left_alone(found: Any):
    """A Secret of that name that we did not make, or cannot change, is reported, whether the registry is listed or not."""
    assert words(plan(found)) == []
    assert told(plan(found)) == [
        ("warning", "Secret dev1/hubsecret: is not a copy that this task made, and left alone: delete it to get one")
    ]
    assert plan(found, listed=()) == Plan()


def test_where_it_is_no_longer_listed_it_goes():
    """The very object that was seen; where there is no right to look, there is nothing of ours either."""
    (action,) = plan(copy("old"), listed=()).actions

    assert (action.verb, action.uid, action.body) == ("delete", "u-copy", None)
    assert plan(Look(trouble="403", forbidden=True), listed=()) == Plan()


def test_removals_are_capped():
    """Three, or a tenth of the copies that are there."""
    spaces = [f"dev{number}" for number in range(8)]
    many = Seen({"hub": Look(secret())}, dict.fromkeys(spaces, ()), {}, {(one, "hub"): Look(copy()) for one in spaces})
    found = pull_secrets.plan(TOLD, many, NOW)

    assert len(found.actions) == 3
    assert (
        found.findings[0].text == "8 removals of copies, and one run makes 3 at most: the others wait for the next runs"
    )


@pytest.mark.parametrize(
    ("original", "says"),
    [
        (Look(), "is not there"),
        (secret(type="Opaque"), "is of type 'Opaque' and not 'kubernetes.io/dockerconfigjson'"),
        (secret(data={}), "holds other keys than '.dockerconfigjson' alone"),
        (secret(data={**data(), "more": "eA=="}), "holds other keys than '.dockerconfigjson' alone"),
        (secret(data={KEY: "no base64"}), "what stands under '.dockerconfigjson' is no JSON"),
        (secret(data={KEY: "eA=="}), "what stands under '.dockerconfigjson' is no JSON"),
        (secret(data={KEY: "W10="}), "what stands under '.dockerconfigjson' has no login under 'auths'"),
        (secret(data={KEY: "e30="}), "what stands under '.dockerconfigjson' has no login under 'auths'"),
    ],
)
def test_an_original_that_is_no_login_changes_no_copy(original: Any, says: str):
    """Its copies stay as they are, old as they may be."""
    found = plan(copy("old"), original=original)

    assert words(found) == []
    assert told(found) == [("warning", f"Secret registries/hubsecret: {says}; its copies stay as they are")]


def test_what_could_not_be_looked_at_fails_the_run():
    """An original, a binding or a copy that the server does not show is an error, and nothing is done about it."""
    hidden = Look(trouble="forbidden", forbidden=True)
    cut = Look(trouble="500")

    assert told(plan(None, original=hidden))[0][0] == "error"
    assert told(plan(hidden)) == [
        ("error", "Secret dev1/hubsecret: could not be looked at: forbidden; apply the group's folder")
    ]
    assert told(plan(None, binding=cut)) == [("error", "Secret dev1/hubsecret: could not be looked at: 500")]
    assert told(plan(cut, listed=())) == [("error", "Secret dev1/hubsecret: could not be looked at: 500")]
    assert told(plan(None, binding=None)) == [
        (
            "error",
            "Secret dev1/hubsecret: there is no RoleBinding 'cubec--upkeep-pull-secrets--hub' that it could belong to: apply the group's folder",
        )
    ]


def test_a_registry_that_nobody_declared():
    """A namespace may list one that is gone: a warning, and nothing else."""
    found = plan(copy(), listed=("hub", "old"))

    assert words(found) == []
    assert told(found) == [("warning", "namespace dev1: lists the registry 'old', which nobody declared")]


@pytest.mark.parametrize(
    "wrong", [{}, {**TOLD, "from": ""}, {**TOLD, "registries": None}, {**TOLD, "registries": [{}]}]
)
def test_what_the_compiler_does_not_write_stops_the_run(wrong: Any):
    """Names that are missing are not made up."""
    with pytest.raises(JobError, match="is not what the compiler writes"):
        pull_secrets.plan(wrong, seen(None), NOW)


def test_no_value_is_said():
    """Neither what is planned nor what was seen shows a login when it is printed."""
    shown = repr(plan(None)) + repr(seen(secret(), original=secret()))

    assert data()[KEY] not in shown
