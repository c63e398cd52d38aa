"""What a group has on a cluster: its pools, and how its quota is split over its namespaces."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.model.made import model, placement, pool_spec

from cubec.model import asked, quota_fields, written
from cubec.model.quantity import ZERO, parse

T4 = pool_spec(nodes=3, model="T4")
MORE = pool_spec(nodes=2, model="T4")


def placed(quota: dict[str, Any], namespaces: list[dict[str, Any]] | None = None, **spec: Any) -> dict[str, Any]:
    where = {"cluster": "ack", "pools": ["a"], "quota": quota, **spec}
    return {"placements": [where], **({"namespaces": namespaces} if namespaces else {})}


def test_one_namespace_has_all_of_the_quota():
    """The default namespace has the group's name and all that the placement gives."""
    found = placement(placed({"cpu": 8, "gpu": 2, "pods": 5, "nodePorts": 1, "jobs": {"jobs.batch": 3}}), a=T4)
    (namespace,) = found.namespaces

    assert namespace.name == "dev1"
    assert (namespace.share.cpu, namespace.share.memory) == (parse(8), None)
    assert (namespace.share.pods, namespace.share.node_ports, namespace.share.load_balancers) == (5, 1, 0)
    assert namespace.share.cards == {"a": Decimal(2)}
    assert namespace.share.jobs == {"jobs.batch": 3}


def test_one_namespace_may_have_less():
    """A namespace alone has what it states, and of the rest what the placement says."""
    own = {"name": "lab", "quota": {"cpu": 2, "gpu": 1, "nodePorts": 1}}
    (namespace,) = placement(placed({"cpu": 8, "memory": "60Gi", "gpu": 2, "nodePorts": 3}, [own]), a=T4).namespaces

    assert (namespace.share.cpu, namespace.share.memory) == (parse(2), parse("60Gi"))
    assert (namespace.share.cards, namespace.share.node_ports) == ({"a": Decimal(1)}, 1)


def test_a_namespace_alone_may_say_none():
    """0 is a word of its own: it does not mean that the placement's number holds."""
    own = {"name": "lab", "quota": {"gpu": 0, "nodePorts": 0, "loadBalancers": 0, "weight": 0}}
    whole = {"gpu": 2, "nodePorts": 3, "loadBalancers": 1, "weight": 2}
    (namespace,) = placement(placed(whole, [own]), a=T4).namespaces

    assert namespace.share.cards == {}
    assert (namespace.share.node_ports, namespace.share.load_balancers) == (0, 0)
    assert namespace.share.weight == ZERO


def test_several_namespaces_have_what_they_state():
    """What the placement limits and a namespace does not state is 0 there; what nobody limits is unlimited."""
    spaces = [{"name": "train", "quota": {"cpu": 6, "gpu": 1, "pods": 3}}, {"name": "books"}]
    train, books = placement(
        placed({"cpu": 8, "gpu": 2, "pods": 5, "services": 4, "jobs": {"jobs.batch": 3}}, spaces), a=T4
    ).namespaces

    assert (train.share.cpu, books.share.cpu) == (parse(6), ZERO)
    assert (train.share.memory, books.share.memory) == (None, None)
    assert (train.share.pods, books.share.pods) == (3, 0)
    assert (train.share.services, books.share.services) == (0, 0)
    assert (train.share.cards, books.share.cards) == ({"a": Decimal(1)}, {})
    assert (train.share.jobs, books.share.jobs) == ({"jobs.batch": 0}, {"jobs.batch": 0})


def test_a_card_is_given_to_one_namespace_only():
    """The second namespace gets the cards that the first one left."""
    spaces = [{"name": "train", "quota": {"gpu": 2}}, {"name": "books", "quota": {"gpu": 3}}]
    train, books = placement(placed({"gpu": 5}, spaces, pools=["a", "b"]), a=T4, b=MORE).namespaces

    assert train.share.cards == {"a": Decimal(2)}
    assert books.share.cards == {"a": Decimal(1), "b": Decimal(2)}


def test_what_is_lent_is_laid_over_own_cards():
    """A namespace lends the cards that it has, not those of its neighbour."""
    spaces = [{"name": "train", "quota": {"gpu": 3}}, {"name": "books", "quota": {"gpu": 2, "lend": {"gpu": 1}}}]
    _, books = placement(placed({"gpu": 5}, spaces, pools=["a", "b"]), a=T4, b=MORE).namespaces

    assert books.share.cards == {"b": Decimal(2)}
    assert books.share.lent == {"b": Decimal(1)}


def test_what_is_borrowed_comes_on_top():
    """Borrowed cards are laid over what a pool has beyond the group's own."""
    quota = {"gpu": 3, "borrow": {"gpu": 2}}
    (namespace,) = placement(placed(quota, pools=["a", "b"]), a=T4, b=MORE).namespaces

    assert namespace.share.cards == {"a": Decimal(3)}
    assert namespace.share.borrowed == {"b": Decimal(2)}


def test_lending_nothing_is_not_lending_anything():
    """Without lend all of it is lent while idle, with 0 none of it."""
    (without,) = placement(placed({"gpu": 3}), a=T4).namespaces
    (none,) = placement(placed({"gpu": 3, "lend": {"gpu": 0}}), a=T4).namespaces

    assert without.share.lent is None
    assert none.share.lent == {}


def test_a_share_names_models_of_other_clusters():
    """A share is one for all clusters: models that are not offered here are somebody else's."""
    spaces = [{"name": "train", "quota": {"gpu": ["1(T4)", "4(V100)"]}}, {"name": "books"}]
    train, _ = placement(placed({"gpu": 1}, spaces), a=T4).namespaces

    assert train.share.cards == {"a": Decimal(1)}


def test_no_pools_means_every_open_pool():
    """A placement that lists no pools has those of its cluster that are open to the group; the first is the default."""
    group = {"placements": [{"cluster": "ack", "quota": {"gpu": 4}}]}
    found = placement(
        group, a=T4, b=MORE | {"groups": ["other"]}, c=MORE | {"groups": ["dev1"]}, d=T4 | {"cluster": "dev"}
    )

    assert [pool.name for pool in found.pools] == ["a", "c"]
    assert found.default_pool is found.pools[0]
    assert found.namespaces[0].share.cards == {"a": Decimal(3), "c": Decimal(1)}


def test_the_default_pool_is_the_first_or_the_named_one():
    """Pods that name no pool go to the placement's default."""
    first = placement(placed({}, pools=["b", "a"]), a=T4, b=MORE)
    named = placement(placed({}, pools=["b", "a"], defaultPool="a"), a=T4, b=MORE)
    unlisted = placement(placed({}, pools=["b"], defaultPool="a"), a=T4, b=MORE)

    assert first.default_pool
    assert first.default_pool.name == "b"
    assert named.default_pool
    assert named.default_pool.name == "a"
    assert unlisted.default_pool is None


@pytest.mark.parametrize(("share", "percent"), [("0%", 0), ("50%", 50), ("100%", 100), (None, 100)])
def test_over_commit_of_cards(share: str | None, percent: int):
    """Without a word a pool promises what it has; 0% promises nothing."""
    spec = T4 | ({"overcommit": {"gpu": share}} if share else {})

    assert model(placed({}), a=spec).pools["a"].overcommit_gpu == percent


COUNTS = st.integers(0, 6)


@given(st.lists(COUNTS, min_size=2, max_size=4), st.lists(COUNTS, min_size=2, max_size=4), st.integers(1, 3))
def test_shares_add_up(processors: list[int], gpus: list[int], nodes: int):
    """What namespaces have together is what they state together, pool by pool and in sum."""
    stated = list(zip(processors, gpus, strict=False))
    spaces = [{"name": f"space{n}", "quota": {"cpu": cpu, "gpu": gpu}} for n, (cpu, gpu) in enumerate(stated)]
    quota = {"cpu": sum(cpu for cpu, _ in stated), "gpu": sum(gpu for _, gpu in stated)}
    group = placed(quota, spaces, pools=["a", "b"])
    found = placement(group, a=pool_spec(nodes=nodes, model="T4"), b=MORE)
    laid = [sum(space.share.cards.values()) for space in found.namespaces]

    assert laid == [gpu for _, gpu in stated]
    assert sum((space.share.cpu or ZERO for space in found.namespaces), ZERO) == parse(quota["cpu"])
    first = sum(space.share.cards.get("a", Decimal(0)) for space in found.namespaces)
    assert first == min(quota["gpu"], nodes)


def test_amounts_are_found_at_their_fields():
    """A quota speaks of its fields as the document does, and pools hold what all of them state."""
    found = placement(placed({"cpu": 8, "claims": 3, "jobs": {"jobs.batch": 2}}), a=T4)

    assert dict(quota_fields.stated(found.spec.quota)) == {
        ("cpu",): parse(8),
        ("claims",): parse(3),
        ("nodePorts",): ZERO,
        ("loadBalancers",): ZERO,
        ("jobs", "jobs.batch"): parse(2),
    }
    held = {key: quota_fields.held(key, found.pools) for key in ("cpu", "memory", "pods")}
    assert held == {"cpu": parse(12), "memory": parse("90Gi"), "pods": None}


def test_groups_are_judged_where_all_their_places_are_known():
    """A group whose pool or cluster is not there is left to those who say so."""
    known = model(placed({"gpu": 1}), a=T4)
    unknown_pool = model(placed({"gpu": 1}, pools=["a", "b"]), a=T4)
    unknown_cluster = model({"placements": [*placed({})["placements"], {"cluster": "dev"}]}, a=T4)

    assert [group.name for group, _ in asked.by_group(known)] == ["dev1"]
    assert not list(asked.by_group(unknown_pool))
    assert not list(asked.by_group(unknown_cluster))


def test_what_is_written_is_found():
    """What stands at a place is what the document says; nothing where it says nothing."""
    quota = placement(placed({"gpu": ["1(T4)"], "cpu": 0}), a=T4).spec.quota

    assert written.value(quota.origin, "cpu") == 0
    assert written.value(quota.origin, "gpu", 0) == "1(T4)"
    assert written.value(quota.origin, "gpu", 1) is None
    assert written.value(quota.origin, "cpu", "more") is None
    assert written.value(quota.origin, "memory") is None
