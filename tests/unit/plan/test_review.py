"""Which part of a change the owners of a group decide, and which the platform's."""

import json
from pathlib import Path

import pytest
from tests.unit.plan.changing import DEV1, POOL, VOLUME, base, edited, plan

from cubec.model.quota_fields import FIELDS
from cubec.plan import review

ROOT = Path(__file__).parents[3]

QUOTA = "        gpu: 1"
ENVELOPE = "  volumes:\n"
MEMBER = "    - user: bob\n      role: developer"
OIDC = """  identity:
    {mode: oidc, issuer: https://login.example.com, clientID: k, usernamePrefix: "oidc:", groupsPrefix: "oidc:"}
"""


def judged(before: dict[str, bytes], *edits: tuple[str, str, str]) -> dict[str, str]:
    """Part to reason; of what is self-service, nothing."""
    items = plan(before, edited(before, *edits)).review.items
    return {item.part: "" if item.self_service else item.reason for item in items}


@pytest.mark.parametrize("role", ["viewer", "operator", "developer"])
def test_members_up_to_developer(role: str):
    """The owners of a group choose its members, up to the role of a developer."""
    assert judged(base(), (DEV1, MEMBER, f"{MEMBER}\n    - user: tom\n      role: {role}")) == {"members": ""}


def test_owners_and_directories():
    """An owner, or a group of the directory whose people no file names, is the platform's to admit."""
    cluster = "tenants/clusters/ack.yaml"
    before = edited(base(), (cluster, "spec:\n", f"spec:\n{OIDC}"))
    entries = "    - user: tom\n      role: owner\n    - oidcGroup: team\n      role: viewer"
    reason = judged(before, (DEV1, MEMBER, f"{MEMBER}\n{entries}"))["members"]

    assert reason == "team is a group of the directory, whose people no file names; tom as owner"


def test_taking_access_away():
    """Removing a member, and lowering a role, is never more than the owners may do."""
    before = edited(base(), (DEV1, MEMBER, f"{MEMBER}\n    - user: tom\n      role: owner"))

    assert judged(before, (DEV1, "\n    - user: tom\n      role: owner", "")) == {"members": ""}
    assert judged(before, (DEV1, "role: owner", "role: viewer")) == {"members": ""}


@pytest.mark.parametrize(
    ("envelope", "old", "new", "reason"),
    [
        ("{gpu: 2}", "gpu: 1", "gpu: 2", ""),
        ("{cpu: 8}", "cpu: 4", "cpu: 8", ""),
        ("{cpu: 8}", "cpu: 4", "cpu: 9", "cpu 9 above dev1's envelope of 8"),
        ("{cpu: 8}", "cpu: 9", "cpu: 8.5", ""),
        ("{cpu: 8}", "memory: 4Gi", "memory: 5Gi", "memory 5Gi, of which dev1's envelope says nothing"),
        ("{cpu: 8}", "cpu: 4", "memory: 4Gi", "cpu no longer limited"),
        ("{cpu: 8}", "pods: 4", "pods: 3", ""),
        ("{nodePorts: 1}", "nodePorts: 0", "nodePorts: 1", ""),
        ("{loadBalancers: 0}", "nodePorts: 0", "nodePorts: 1", "nodePorts 1 above dev1's envelope of 0"),
        ("{jobs: {jobs.batch: 5}}", "jobs: {jobs.batch: 4}", "jobs: {jobs.batch: 5}", ""),
        ("{jobs: {jobs.batch: 5}}", "jobs: {jobs.batch: 4}", "pods: 4", "jobs.batch no longer limited"),
        ("{jobs: {jobs.batch: 5}}", "pods: 4", "jobs: {jobs.batch: 4}", "pods no longer limited"),
        ("{weight: 2}", "pods: 4", "{pods: 4, weight: 2}", ""),
        ("{cpu: 8}", "pods: 4", "{pods: 4, weight: 2}", "weight 2, of which dev1's envelope says nothing"),
        ("{cpu: 8, borrow: {cpu: 2}}", "cpu: 4", "{cpu: 4, borrow: {cpu: 2}}", ""),
        (
            "{cpu: 8, borrow: {cpu: 2}}",
            "cpu: 4",
            "{cpu: 4, borrow: {cpu: 3}}",
            "borrowed cpu 3 above dev1's envelope of 2",
        ),
        ("{cpu: 8}", "cpu: 4", "{cpu: 4, borrow: {gpu: 1}}", "borrowed 1 T4 card above dev1's envelope of 0"),
        ("{cpu: 8}", "{cpu: 4, borrow: {gpu: 1}}", "cpu: 4", ""),
        ("{cpu: 8}", "cpu: 4", "{cpu: 4, perPod: {cpu: 2}}", ""),
        ("{cpu: 8}", "{cpu: 4, perPod: {cpu: 2}}", "{cpu: 4, perPod: {cpu: 1}}", ""),
        ("{cpu: 8}", "{cpu: 4, perPod: {cpu: 2}}", "cpu: 4", "cpu of a pod no longer limited"),
        (
            "{cpu: 8}",
            "{cpu: 4, perPod: {cpu: 2}}",
            "{cpu: 4, perPod: {cpu: 3}}",
            "cpu of a pod 3, of which dev1's envelope says nothing",
        ),
        ("{cpu: 8, perPod: {cpu: 3}}", "{cpu: 4, perPod: {cpu: 2}}", "{cpu: 4, perPod: {cpu: 3}}", ""),
        ("{cpu: 8}", "{gpu: 2, perPod: {gpu: 1}}", "gpu: 2", "cards of a pod no longer limited"),
        (
            "{cpu: 8}",
            "{gpu: 2, perPod: {gpu: 1}}",
            "{gpu: 2, perPod: {gpu: 2}}",
            "a pod of 2 T4 cards above dev1's envelope of 0",
        ),
        ("{cpu: 8, perPod: {gpu: 2}}", "{gpu: 2, perPod: {gpu: 1}}", "{gpu: 2, perPod: {gpu: 2}}", ""),
        ("{cpu: 8}", "cpu: 4", "{cpu: 4, lend: {cpu: 1}}", "what it lends to others"),
        ("{cpu: 8}", "{cpu: 4, lend: {cpu: 1}}", "{cpu: 4, lend: {cpu: 2}}", "what it lends to others"),
        ("{cpu: 8}", "{cpu: 4, lend: {cpu: 1}}", "{cpu: 3, lend: {cpu: 1}}", ""),
        ("{cpu: 8}", "cpu: 4", "{cpu: 4, gpu: 1}", "1 T4 card above dev1's envelope of 0"),
        ("{storage: 2Ti}", "storage: 1Ti", "storage: 2Ti", ""),
        ("{storage: 2Ti}", "storage: 1Ti", "storage: 2049Gi", "storage 2049Gi above dev1's envelope of 2Ti"),
    ],
)
def test_quotas_up_to_the_envelope(envelope: str, old: str, new: str, reason: str):
    """A quota may rise as far as the base's envelope says, field by field, and fall as far as anybody likes."""

    def quota(text: str) -> str:
        return f"quota: {text}" if text.startswith("{") else f"quota: {{{text}}}"

    roomy = edited(base(), (POOL, "worker03", "worker03, worker04"))
    plain = edited(roomy, (DEV1, "quota:\n" + QUOTA, quota(old)), (DEV1, "templates: [pytorch]", "templates: []"))
    before = edited(plain, (DEV1, ENVELOPE, f"  envelope: {envelope}\n{ENVELOPE}"))

    assert judged(before, (DEV1, quota(old), quota(new))) == {"placements": reason}


def test_an_envelope_cannot_be_widened_and_used_at_once():
    """The base's envelope counts, and the new one is the platform's to decide."""
    before = edited(base(), (DEV1, QUOTA, "        cpu: 4"), (DEV1, "templates: [pytorch]", "templates: []"))
    found = judged(before, (DEV1, "cpu: 4", "cpu: 5"), (DEV1, ENVELOPE, f"  envelope: {{cpu: 9}}\n{ENVELOPE}"))

    assert found["placements"] == "cpu 5, of which dev1's envelope says nothing"
    assert found["envelope"] == "how far its owners may go"


def test_other_clusters_and_pools():
    """Where a group runs is the platform's to decide."""
    other = "    - cluster: lab\n      pools: [lab]\n"
    lab = (
        "apiVersion: cubec.io/v1\nkind: Cluster\nmetadata: {name: lab}\nspec:\n  kubernetes: '1.36'\n"
        "  server: https://lab.example.com\n  delivery: {engine: none}\n"
        "  secrets: {mode: external-secrets, store: {name: vault}}\n  capabilities: [external-secrets]\n"
    )
    pool = (
        "apiVersion: cubec.io/v1\nkind: NodePool\nmetadata: {name: lab}\nspec:\n  cluster: lab\n"
        "  nodes: {names: [lab-1]}\n  capacity: {cpu: 4, memory: 8Gi}\n"
    )
    before = edited(base(lab=lab, pool=pool), (VOLUME, "spec:\n", "spec:\n  clusters: [ack]\n"))
    come = judged(before, (DEV1, "  volumes:\n", f"{other}  volumes:\n"))
    both = edited(before, (DEV1, "  volumes:\n", f"{other}  volumes:\n"))

    assert come == {"placements": "cluster lab is new to it"}
    assert judged(both, (DEV1, other, "")) == {"placements": "it leaves cluster lab"}
    assert judged(both, (DEV1, "      pools: [lab]\n", "")) == {"placements": "other pools"}


def test_namespaces():
    """How a quota is split within the envelope is the owners' to decide; which namespaces there are is not."""
    split = "  namespaces:\n    - {{name: dev1, quota: {{cpu: {0}}}}}\n    - {{name: dev1-b, quota: {{cpu: 2}}}}\n  placements:"
    before = edited(
        base(),
        (DEV1, QUOTA, "        cpu: 6"),
        (DEV1, "templates: [pytorch]", "templates: []"),
        (DEV1, ENVELOPE, f"  envelope: {{cpu: 4}}\n{ENVELOPE}"),
        (DEV1, "  placements:", split.format(3)),
    )

    assert judged(before, (DEV1, "dev1, quota: {cpu: 3}", "dev1, quota: {cpu: 4}")) == {"namespaces": ""}
    assert judged(before, (DEV1, "{name: dev1-b, ", "{name: dev1-b, workloads: [train], "))["namespaces"]


def test_a_group_without_owners():
    """Where nobody owns a group, nothing is self-service."""
    before = edited(base(), (DEV1, '  owners: ["@example/dev1"]\n', ""))

    assert judged(before, (DEV1, "gid: 10001", "gid: 10001\n  description: text")) == {
        "description": "the group has no owners"
    }


def test_a_file_that_is_not_the_owners_alone():
    """Who owns one document of a file may not decide on it: the code host would ask the platform's owners."""
    added = "  - apiVersion: cubec.io/v1\n    kind: {0}\n    metadata: {{name: {1}}}\n    spec: {{{2}}}\n"
    group = "gid: 10900, owners: [{0}], members: [{{user: bob, role: viewer}}], placements: [{{cluster: ack, pools: [gpu-t4]}}]"

    def both(second: str) -> dict[str, str]:
        first = added.format("Group", "one", group.format('"@a", "@b"'))
        before = base(both=f"apiVersion: cubec.io/v1\nkind: List\nitems:\n{first}{second}")
        return judged(before, ("tenants/added/both.yaml", "gid: 10900,", "gid: 10900, description: text,"))

    theirs = {"description": "its file holds what others own, too"}
    assert both(added.format("User", "eve", "uid: 20999")) == theirs
    assert both(added.format("Group", "two", group.format('"@c"').replace("10900", "10901"))) == theirs
    assert both(added.format("Group", "two", group.format('"@b"').replace("10900", "10901"))) == {"description": ""}


def test_another_order():
    """Members in another order are the same members."""
    before = edited(base(), (DEV1, MEMBER, f"{MEMBER}\n    - user: tom\n      role: owner"))
    after = edited(before, (DEV1, MEMBER, "    - user: tom\n      role: owner"))
    after = edited(after, (DEV1, "role: owner\n    - user: tom\n      role: owner", f"role: owner\n{MEMBER}"))
    (item,) = plan(before, after).review.items

    assert (item.part, item.self_service, item.reason) == ("members", True, "the same in another order")


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("gid: 10950", "gid"),
        ('owners: ["@example/dev1", "@eve"]', "owners"),
        ("network: {mode: strict}", "network"),
        ("podSecurity: restricted", "podSecurity"),
        ("state: suspended", "state"),
        ("allTemplates: true", "allTemplates"),
        ("envelope: {cpu: 1}", "envelope"),
    ],
)
def test_everything_else_is_the_platforms(line: str, part: str):
    """No other field of a group is its owners' to change, not even one that narrows it."""
    known = {"gid": "gid: 10001", "owners": 'owners: ["@example/dev1"]', "allTemplates": "templates: [pytorch]"}
    old = known.get(part, "gid: 10001")
    new = line if part in known else f"{old}\n  {line}"
    found = judged(base(), (DEV1, old, new))

    assert found[part]
    assert all(found.values())


def test_every_field_of_a_group_is_judged():
    """A field that the language gets is on one side or the other, or nobody could say who decides."""
    fields = json.loads((ROOT / "schemas/group.json").read_text())["properties"]["spec"]["properties"]

    assert set(fields) == {*review._FREE, *review._PLATFORM, "members", "placements", "namespaces"}


def test_every_part_of_a_quota_is_judged():
    """So is a part of a quota: each one raised without an envelope is the platform's to decide."""
    quota = json.loads((ROOT / "schemas/definitions.json").read_text())["$defs"]["quota"]["properties"]

    assert set(quota) == {*FIELDS, "gpu", "jobs", "perPod", "borrow", "lend", "weight"}


def test_descriptions_are_free():
    """A text is the owners' own."""
    assert judged(base(), (DEV1, "gid: 10001", "gid: 10001\n  description: text")) == {"description": ""}


def test_another_file():
    """A document that is only moved to another file may get other reviewers."""
    before = base()
    after = {**before, "tenants/elsewhere/dev1.yaml": before[DEV1]}
    del after[DEV1]
    (item,) = plan(before, after).review.items

    assert (item.part, item.self_service) == ("file", False)


def test_other_documents_are_the_platforms():
    """Volumes, pools, users and the platform itself are never self-service; a moved one says so."""
    before = base()
    after = {**before, "tenants/elsewhere/department1.yaml": before[VOLUME]}
    del after[VOLUME]
    (item,) = plan(before, after).review.items

    assert (item.kind, item.part, item.self_service) == ("Volume", "file", False)
