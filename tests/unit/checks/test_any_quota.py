"""Whatever quotas say, checks only report; and where they report no error, the promises hold."""

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.model.made import document, model, pool_spec

from cubec.checks import CHECKS
from cubec.diagnostics import Severity
from cubec.model import cards
from cubec.model.model import Model
from cubec.model.quantity import ZERO

CARDS = st.sampled_from(
    (0, 1, 2, 0.5, "1(T4)", "3(T4)", "0.5(T4)", "0.3(A10)", "2(A10)", ["1(T4)", "0.5(A10)"], "1(X1)")
)
AMOUNT = st.sampled_from((0, "100m", 1, 4, 12, 16, "1k"))
MEMORY = st.sampled_from((0, "1Gi", "8Gi", "60Gi", "90Gi", "1Ti"))
LIMITS = st.fixed_dictionaries({}, optional={"cpu": AMOUNT, "memory": MEMORY, "gpu": CARDS})
QUOTA = st.fixed_dictionaries(
    {},
    optional={
        "cpu": AMOUNT,
        "memory": MEMORY,
        "gpu": CARDS,
        "pods": st.integers(0, 400),
        "nodePorts": st.integers(0, 2),
        "jobs": st.dictionaries(st.sampled_from(("jobs.batch", "tfjobs.kubeflow.org")), st.integers(0, 9), max_size=1),
        "perPod": LIMITS,
        "borrow": LIMITS,
        "lend": LIMITS,
        "weight": st.sampled_from((0, 0.5, 1e-9, 2)),
    },
)
POOLS = {
    "a": pool_spec(nodes=3, model="T4", overcommit={"cpu": "100%"}),
    "b": pool_spec(nodes=1, model="T4", count=2),
    "c": pool_spec(nodes=1, model="A10", count=2, per_card=10, overcommit={"gpu": "150%"}),
    "d": pool_spec(nodes=2, groups=["dev1"], reserved=False),
}


@st.composite
def groups(draw: st.DrawFn, gid: int) -> dict[str, Any]:
    where = {
        "cluster": "ack",
        "pools": draw(st.lists(st.sampled_from([*POOLS]), unique=True, min_size=1)),
        "quota": draw(QUOTA),
    }
    spaces = draw(st.lists(st.none() | QUOTA, max_size=3))
    spec: dict[str, Any] = {"gid": gid, "placements": [where]}
    if spaces:
        named = enumerate(spaces)
        spec["namespaces"] = [{"name": f"space{n}-{gid}", **({"quota": quota} if quota else {})} for n, quota in named]
    if draw(st.booleans()):
        spec["envelope"] = draw(QUOTA)
    return spec


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(groups(10001), groups(10002))
def test_promises_hold_where_nothing_is_said_against_them(one: dict[str, Any], other: dict[str, Any]):
    """No check raises; and a platform without errors promises neither more cards than pools may, nor more than groups have."""
    found = model(one, extra=[document("Group", "dev2", other)], **POOLS)
    errors = [item for check in CHECKS for item in check.check(found) if item.severity is Severity.ERROR]
    codes = {item.code for item in errors}

    assert all(item.message and item.hint for item in errors)
    if codes.isdisjoint({"shares-over-quota", "gpu-model-not-offered", "gpu-model-missing", "gpu-fraction"}):
        _shares_fit(found)
        if codes.isdisjoint({"over-commit", "quota-over-pools"}):
            _pools_keep_their_promises(found)


def _pools_keep_their_promises(found: Model) -> None:
    for name, pool in found.pools.items():
        laid = [space.share.cards.get(name, Decimal(0)) for each in found.placements for space in each.namespaces]
        assert sum(laid) * 100 <= cards.capacity(pool) * pool.overcommit_gpu


def _shares_fit(found: Model) -> None:
    for placement in found.placements:
        quota, shares = placement.spec.quota, [space.share for space in placement.namespaces]
        if quota.cpu is not None:
            assert sum((share.cpu or ZERO for share in shares), ZERO) <= quota.cpu
        asked = sum(cards.by_model(quota.gpu, placement.pools).values())
        assert sum(sum(share.cards.values()) for share in shares) <= asked
        assert asked == sum(item.cards for item in quota.gpu)


def test_too_many_pools_for_a_queue():
    """Kueue takes 64 pools for one resource, and 256 in all."""
    (check,) = [check for check in CHECKS if check.RULE.code == "kueue-limits"]
    alike = {f"p{n}": pool_spec(model="T4") for n in range(65)}
    accelerators = [{"model": "T4", "count": 1, "resource": f"example.com/card{n % 15}"} for n in range(256)]
    many = {f"p{n}": pool_spec(accelerator=accelerator) for n, accelerator in enumerate(accelerators)}

    assert "65 pools with nvidia.com/gpu" in _messages(check, alike)
    assert "256 pools with cards" in _messages(check, many)
    assert _messages(check, dict(list(alike.items())[:64])) == ""


def _messages(check: Any, pools: dict[str, Any]) -> str:
    group = {"placements": [{"cluster": "ack", "pools": [*pools]}]}
    return " ".join(item.message for item in check.check(model(group, **pools)))
