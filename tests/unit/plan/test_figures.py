"""Cards, money and data before and after."""

from decimal import Decimal

from tests.unit.plan.changing import DEV1, DEV2, PLATFORM, POOL, VOLUME, base, edited, plan

from cubec.report import plan_text

PRICES = "spec:\n  prices: {currency: USD, perCardHour: {T4: 0.35}}"


def test_a_pool_that_comes_and_one_that_goes():
    """A pool of which one side knows nothing has a line, too."""
    other = base()[POOL].decode().replace("gpu-t4", "gpu-new").replace("worker", "node").replace("T4", "L4")
    found = plan(base(), base(new=other))
    back = plan(base(new=other), base())

    assert [(line.pool, line.before) for line in found.ledger if line.changed] == [("gpu-new", None)]
    assert [(line.pool, line.after) for line in back.ledger if line.changed] == [("gpu-new", None)]
    assert "free none" not in plan_text.text(found, colour=False)


def test_over_commit_is_told():
    """Where a pool may promise more than it has, the plan says by how much, and that not all can have theirs at once."""
    before = edited(base(), (POOL, "count: 1}", "count: 1}\n  overcommit: {gpu: 200%}"))
    found = plan(before, edited(before, (POOL, ", worker03", "")))
    (line,) = found.ledger

    assert line.after is not None
    assert line.after.over == 1
    assert "not all of its groups can have their cards at once" in plan_text.text(found, colour=False)
    assert "1 pool changed, 1 over-committed" in plan_text.text(found, colour=False)


def test_what_is_lent_is_what_can_be_borrowed():
    """Without a word on lending all guaranteed cards can be borrowed; with one, as many as it says; without Kueue none."""
    lending = edited(base(), (DEV2, "gpu: 2(T4)", "gpu: 2(T4)\n        lend: {gpu: 1}"))
    without = edited(base(), ("tenants/clusters/ack.yaml", "kueue, ", ""))

    def borrowable(files: dict[str, bytes]) -> Decimal:
        (line,) = plan(files, files).ledger
        assert line.after is not None
        return line.after.borrowable

    assert (borrowable(base()), borrowable(lending), borrowable(without)) == (3, 2, 0)


def test_other_prices():
    """A change of prices is a change of cost for everybody, in the currencies of both sides."""
    before = edited(base(), (PLATFORM, "spec:", PRICES))
    text = plan_text.text(plan(before, edited(before, (PLATFORM, "0.35", "0.7"))), colour=False)
    euros = plan_text.text(
        plan(before, edited(before, (PLATFORM, "USD", "EUR"), (PLATFORM, "0.35", "0.4"))), colour=False
    )

    assert "COST    +756 USD a month, 756 → 1,512" in text
    assert "756 USD → 864 EUR a month" in euros


def test_a_price_comes():
    """Where one side has no prices, what the other costs is told."""
    found = plan(base(), edited(base(), (PLATFORM, "spec:", PRICES)))

    assert found.costs is not None
    assert found.costs.totals == (0, 756)


def test_a_group_by_another_name_costs_what_it_cost():
    """A rename moves no cards and no money."""
    before = edited(base(), (PLATFORM, "spec:", PRICES))
    after = edited(before, (DEV2, "name: dev2", "name: vision"), (VOLUME, "group: dev2", "group: vision"))
    after = edited(after, (DEV2, "gid: 10002", "gid: 10002\n  previously: [dev2]"))
    found = plan(before, after)

    assert found.costs is not None
    assert not found.costs.changed
    assert not any(line.changed for line in found.ledger)
    assert found.destruction.members == {}


def test_where_data_lies():
    """Each kind of source has words for its place."""
    before = base(
        csi="""\
apiVersion: cubec.io/v1
kind: Volume
metadata: {name: images}
spec:
  capacity: 1Ti
  source:
    csi: {driver: nfs.csi.k8s.io, volumeHandle: h, volumeAttributes: {server: nas-9.example.com, share: /images}}
  grants: [{group: dev1}]
""",
        path="""\
apiVersion: cubec.io/v1
kind: Volume
metadata: {name: local}
spec:
  capacity: 1Ti
  source: {hostPath: {path: /data/k8s/local}}
  grants: [{group: dev1}]
""",
        dynamic="""\
apiVersion: cubec.io/v1
kind: Volume
metadata: {name: scratch}
spec:
  capacity: 1Ti
  source: {storageClass: fast}
  grants: [{group: dev1}]
""",
    )
    uses = "  volumes:\n    - volume: images\n    - volume: local\n    - volume: scratch\n"
    files = edited(before, (DEV1, "  volumes:\n", uses))
    lost = plan(files, edited(files, (DEV1, uses, "  volumes:\n"))).destruction
    places = {claim.volume: (claim.where, claim.data_stays) for claim in lost.claims}

    assert places == {
        "images": ("nas-9.example.com", True),
        "local": ("the nodes", True),
        "scratch": ("storage class fast", True),
    }
    assert "the claim is never pruned" in plan_text.text(
        plan(files, edited(files, (DEV1, uses, "  volumes:\n"))), colour=False
    )
