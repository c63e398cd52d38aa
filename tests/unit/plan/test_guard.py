"""What the guard says, case by case; that nothing slips through is shown with random platforms in tests/plans."""

import pytest
from tests.unit.plan.changing import DEV1, DEV2, PLATFORM, VOLUME, base, codes, edited, only, plan

SCRATCH = """\
apiVersion: cubec.io/v1
kind: Volume
metadata: {{name: {name}}}
spec:
  capacity: 100Gi
  source: {source}
  grants:
    - {{group: dev1, claim: {claim}}}
"""
FAST = "{storageClass: fast}"


def scratch(name: str = "scratch", source: str = FAST, claim: str = "scratch") -> str:
    return SCRATCH.format(name=name, source=source, claim=claim)


def using(files: dict[str, bytes], name: str = "scratch") -> dict[str, bytes]:
    return edited(files, (DEV1, "  volumes:\n", f"  volumes:\n    - volume: {name}\n"))


def test_a_namespace_does_not_change_hands():
    """Another group cannot take a namespace with what is in it, not even when the first one lets it go."""
    before = edited(base(), (DEV1, "        gpu: 1", "        gpu: 1\n        pods: 0"))
    after = edited(
        before,
        (DEV1, "  placements:", "  namespaces:\n    - name: dev1-work\n  placements:"),
        (DEV2, "  placements:", "  namespaces:\n    - name: dev1\n    - name: dev2\n  placements:"),
        (DEV2, "cpu: 8\n        memory: 60Gi\n        gpu: 2(T4)", "pods: 5"),
    )
    found = plan(before, after)

    assert codes(found) == ["namespace-removal"]
    assert 'would pass from group "dev1" to group "dev2"' in only(found).message


def test_a_decommissioned_group_keeps_its_namespaces_until_its_last_day():
    """What is no longer protected may not be taken out early, one namespace after the other."""
    ending = "gid: 10001\n  state: decommissioned\n  until: 2026-12-31\n  reason: over"
    before = edited(base(), (DEV1, "gid: 10001", ending), (DEV1, "        gpu: 1", "        gpu: 1\n        pods: 0"))
    after = edited(before, (DEV1, "  placements:", "  namespaces:\n    - name: dev1-work\n  placements:"))

    assert codes(plan(before, after)) == ["namespace-removal"]
    assert "2026-12-31" in only(plan(before, after)).hint


@pytest.mark.parametrize(
    ("old", "new"), [("{storageClass: fast}", "{storageClass: slow}"), ("capacity: 100Gi", "capacity: 50Gi")]
)
def test_a_claim_of_a_class_is_not_made_anew_in_silence(old: str, new: str):
    """A claim whose data goes with it needs a migration, whichever field it is that makes it anew."""
    before = using(base(scratch=scratch()))
    after = edited(before, ("tenants/added/scratch.yaml", old, new))
    found = plan(before, after)
    moving = "capacity: 100Gi", "migration: {until: 2026-11-22, reason: new class}\n  capacity: 100Gi"
    announced = edited(before, ("tenants/added/scratch.yaml", *moving))

    assert set(codes(found)) == {"source-change"}
    assert not found.destruction.claims[0].data_stays
    changed = edited(announced, ("tenants/added/scratch.yaml", old, new))
    assert codes(plan(announced, changed)) == []


def test_a_claim_of_a_class_may_grow():
    """More of the same is no loss."""
    before = using(base(scratch=scratch()))

    assert codes(plan(before, edited(before, ("tenants/added/scratch.yaml", "100Gi", "200Gi")))) == []


def test_another_volume_under_the_name_of_a_claim():
    """Whoever mounts a claim finds other data in it: that is a change of the source, too."""
    nfs = "{{nfs: {{server: nas-1.example.com, path: /{0}}}}}"
    before = using(base(one=scratch("one", nfs.format("one"))), "one")
    after = using(base(two=scratch("two", nfs.format("two"))), "two")
    found = plan(before, after)

    assert codes(found) == ["source-change"]
    assert 'claim "scratch" in namespace "dev1" would show volume "two", not "one"' in only(found).message


def test_a_volume_by_another_name():
    """The same place under another name of the document is the same data."""
    nfs = "{nfs: {server: nas-1.example.com, path: /one}}"
    found = plan(using(base(one=scratch("one", nfs)), "one"), using(base(two=scratch("two", nfs)), "two"))

    assert codes(found) == []


def test_the_loss_is_told():
    """Who removes a group reads what it had: namespaces, claims, where the data lies, people."""
    before = using(base(scratch=scratch()))
    after = edited(before, (VOLUME, "    - {group: dev1, access: read-write, claim: department1-public-dev1}\n", ""))
    after = edited(after, ("tenants/added/scratch.yaml", "{group: dev1", "{group: dev2"))
    del after[DEV1]
    refused = next(item for item in plan(before, after).refused if item.code == "removal-without-decommission")

    assert refused.related[0].message.startswith("1 namespace, 2 claims (1124Gi; the data stays on ")


def test_a_migration_cannot_be_announced_and_used_at_once():
    """What the branch says about migrations does not count: the base's word does."""
    after = edited(
        base(),
        (VOLUME, "nas-1", "nas-2"),
        (VOLUME, "  source:", "  migration: {until: 2026-12-31, reason: new server}\n  source:"),
    )

    assert codes(plan(base(), after)) == ["source-change"]


def test_a_reservation_may_be_given_up():
    """Freeing a name is allowed; only taking it at once is not."""
    after = edited(base(), (PLATFORM, "reservedNamespaces: [shared-*]", "reservedNamespaces: []"))

    assert codes(plan(base(), after)) == []
