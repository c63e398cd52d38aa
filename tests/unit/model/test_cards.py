"""Cards laid over pools: none is lost, none is invented, and a person can follow where each went."""

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.model.made import pool

from cubec.model import cards, gpu
from cubec.model.gpu import Gpu
from cubec.model.types import NodePool

MODELS = ("T4", "V100")
WHOLE = st.builds(Decimal, st.integers(1, 20))
PARTS = st.builds(lambda n: Decimal(n) / 20, st.integers(1, 200))
ITEMS = st.lists(st.builds(Gpu, WHOLE | PARTS, st.sampled_from(("", *MODELS))), max_size=5)


@st.composite
def pools(draw: st.DrawFn) -> list[NodePool]:
    """Pools of one cluster: without cards, with whole cards, or with cards in slices of different size."""
    count = draw(st.integers(0, 4))
    return [
        pool(
            f"pool{n}",
            nodes=draw(st.integers(0, 3)),
            model=draw(st.sampled_from(("", *MODELS))) or "T4",
            count=draw(st.integers(1, 4)),
            per_card=draw(st.sampled_from((0, 0, 2, 4, 5, 10))),
        )
        if draw(st.booleans()) or n
        else pool(f"pool{n}")
        for n in range(count)
    ]


def laid(text: Sequence[str], offered: Sequence[NodePool], **more: dict[str, Decimal]) -> dict[str, str]:
    spread, problems = cards.spread([gpu.parse(item) for item in text], offered, **more)
    assert not problems
    return {name: str(count) for name, count in spread.items()}


@given(ITEMS, pools())
def test_no_card_is_lost_or_invented(items: list[Gpu], offered: list[NodePool]):
    """What is laid over pools and what is a problem add up to what was asked for, model by model."""
    spread, problems = cards.spread(items, offered)
    by_name = {pool.name: pool for pool in offered}

    assert sum(spread.values()) + sum(problem.item.cards for problem in problems) == sum(item.cards for item in items)
    assert cards.by_model(items, offered) == {
        model: total
        for model in MODELS
        if (total := sum(count for name, count in spread.items() if by_name[name].accelerator.model == model))
    }


@given(ITEMS, pools(), st.lists(st.builds(Gpu, PARTS, st.sampled_from(MODELS)), max_size=2))
def test_every_pool_gets_whole_slices(items: list[Gpu], offered: list[NodePool], before: list[Gpu]):
    """Counted as resources nothing is rounded away, whatever another namespace took before."""
    taken, _ = cards.spread(before, offered)
    spread, _ = cards.spread(items, offered, taken)

    for item in offered:
        count = spread.get(item.name, cards.NONE)
        if item.accelerator:
            _, units = cards.units(item.accelerator, count)
            assert units == count * (item.accelerator.per_card or 1)
        else:
            assert not count


@given(ITEMS, pools())
def test_only_the_last_pool_of_a_model_is_overfull(items: list[Gpu], offered: list[NodePool]):
    """A pool gets more than it has only where whole cards fit nowhere else."""
    spread, _ = cards.spread(items, offered)
    for item in offered:
        if spread.get(item.name, cards.NONE) > cards.capacity(item):
            assert item.accelerator
            alike = [p for p in offered if p.accelerator and p.accelerator.model == item.accelerator.model]
            whole = [p for p in alike if p is not item and not p.accelerator.slice_resource]
            free = sum(cards.capacity(p) - spread.get(p.name, cards.NONE) for p in whole)
            assert free <= 0 or any(not each.whole for each in items)


@given(ITEMS, pools())
def test_a_problem_is_one_wherever_it_is_asked(items: list[Gpu], offered: list[NodePool]):
    """An item alone has the problem that it has in a list."""
    _, problems = cards.spread(items, offered)

    assert problems == [problem for item in items if (problem := cards.problem(item, offered))]


def test_pools_fill_in_the_order_of_the_placement():
    """Cards are taken from the first pool up to what it has, then from the next."""
    offered = [pool("a", nodes=2, model="T4"), pool("b", nodes=3, model="T4")]

    assert laid(["4(T4)"], offered) == {"a": "2", "b": "2"}
    assert laid(["4(T4)"], offered[::-1]) == {"b": "3", "a": "1"}


def test_whole_cards_come_before_slices():
    """A whole card is taken from a pool of whole cards, a part of one from a pool of slices."""
    offered = [pool("slices", model="T4", count=2, per_card=10), pool("whole", model="T4", count=2)]

    assert laid(["1(T4)", "0.5(T4)"], offered) == {"whole": "1", "slices": "0.5"}
    assert laid(["3(T4)"], offered) == {"whole": "2", "slices": "1"}


def test_slices_of_different_size_share_whole_cards_only():
    """A part of a card goes to one pool alone where the next one cuts its cards differently."""
    offered = [pool("tenths", model="T4", per_card=10), pool("quarters", model="T4", per_card=4)]

    assert laid(["0.7(T4)", "0.5(T4)"], offered[:1]) == {"tenths": "1.2"}
    assert laid(["0.7(T4)", "0.5(T4)"], offered) == {"tenths": "0.7", "quarters": "0.5"}
    assert laid(["0.5(T4)", "1(T4)"], offered) == {"tenths": "1.0", "quarters": "0.5"}


def test_what_fits_nowhere_stays_on_the_last_pool():
    """Too many cards are not lost: the check of capacity finds them."""
    offered = [pool("a", model="T4"), pool("b", model="T4")]

    assert laid(["5(T4)"], offered) == {"a": "1", "b": "4"}


def test_what_another_namespace_has_is_not_given_again():
    """Cards that are taken are not free, even where more is taken than there is."""
    offered = [pool("a", nodes=2, model="T4"), pool("b", nodes=2, model="T4")]

    assert laid(["2(T4)"], offered, taken={"a": Decimal(1)}) == {"a": "1", "b": "1"}
    assert laid(["2(T4)"], offered, taken={"a": Decimal(5), "elsewhere": Decimal(1)}) == {"b": "2"}


def test_room_may_be_less_than_the_pools_have():
    """What is lent is laid over the cards that a namespace has itself."""
    offered = [pool("a", nodes=2, model="T4"), pool("b", nodes=2, model="T4")]

    assert laid(["1(T4)"], offered, room={"b": Decimal(2)}) == {"b": "1"}


def test_problems_say_what_the_pools_offer():
    """A model that is not there, a model that is not named, and a part of a card are told apart."""
    offered = [pool("a", model="T4"), pool("b", model="V100"), pool("c")]
    kinds = [cards.problem(gpu.parse(text), offered) for text in ("1(A100)", "1", "0.5(T4)", "1(T4)")]

    assert [problem and problem.kind for problem in kinds] == ["model", "ambiguous", "fraction", None]
    assert kinds[0]
    assert kinds[0].models == ("T4", "V100")
    assert cards.problem(gpu.parse("1"), [pool("c")]) == cards.Problem("model", gpu.parse("1"), ())
    assert cards.problem(gpu.parse("1"), offered[:1]) is None


def test_resources_are_summed_up_and_never_left_out():
    """Every resource that the cluster offers is counted, 0 where the group has none of it."""
    a, b = pool("a", nodes=2, model="T4"), pool("b", model="A10", per_card=10)
    other = pool("c", model="V100")

    assert cards.resources([a, b, other], [a, b], {"a": Decimal(2), "b": Decimal("0.3")}, {"a": Decimal(1)}) == {
        "nvidia.com/gpu": 3,
        "nvidia.com/vgpu": 3,
    }
    assert cards.resources([a, b], []) == {"nvidia.com/gpu": 0, "nvidia.com/vgpu": 0}
    assert cards.resources([pool("d")], [pool("d")]) == {}
