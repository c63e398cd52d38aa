"""The pools of each cluster as bars: whose the cards are, how many are free, over-committed, and may be lent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cubec.model.model import Model
from cubec.model.phrase import number
from cubec.model.types import NodePool
from cubec.plan.ledger import Line, Stand

FREE = "free"
_TONES = 6
_PRECISION = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in per cent of its width. ``tone`` is which of the colours of groups it has."""

    label: str
    cards: str
    start: str
    width: str
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A pool. ``there`` is where the cards that there are end, where more than these are promised; no segments without cards."""

    name: str
    description: str
    nodes: int
    node: str  # what one node holds
    model: str
    shared: str  # how cards are shared, where they are
    open_to: tuple[str, ...] | None  # None: to every group
    segments: tuple[Segment, ...]
    cards: str
    guaranteed: str
    free: str
    over: str
    borrowable: str
    lent: str  # per cent of the width
    there: str


@dataclass(frozen=True, slots=True)
class Cluster:
    name: str
    description: str
    version: str
    engine: str
    login: str
    bars: tuple[Bar, ...]


def clusters(model: Model, ledger: Sequence[Line]) -> tuple[Cluster, ...]:
    stands = {line.pool: line.after for line in ledger}
    tones = {name: n for n, name in enumerate(sorted(model.groups))} if len(model.groups) <= _TONES else {}
    return tuple(
        Cluster(
            name=site.cluster.name,
            description=site.cluster.description,
            version=site.cluster.version,
            engine=site.cluster.delivery.engine,
            login=site.cluster.identity.mode,
            bars=tuple(_bar(pool, stands.get(pool.name), tones) for pool in site.pools),
        )
        for site in model.sites.values()
    )


def _bar(pool: NodePool, stand: Stand | None, tones: Mapping[str, int]) -> Bar:
    item = pool.accelerator
    whole = max(stand.cards, stand.guaranteed) if stand else Decimal(0)
    shared = f"{item.per_card} slices of {item.slice_resource} a card" if item and item.slice_resource else ""
    return Bar(
        name=pool.name,
        description=pool.description,
        nodes=pool.count,
        node=", ".join(_node(pool)),
        model=item.model if item else "",
        shared=shared,
        open_to=pool.groups,
        segments=tuple(_segments(stand, whole, tones)) if stand and whole else (),
        cards=number(stand.cards) if stand else "",
        guaranteed=number(stand.guaranteed) if stand else "",
        free=number(stand.free) if stand else "",
        over=number(stand.over) if stand and stand.over else "",
        borrowable=number(stand.borrowable) if stand and stand.borrowable else "",
        lent=_share(stand.borrowable, whole) if stand and whole else "0",
        there=_share(stand.cards, whole) if stand and stand.over else "",
    )


def _node(pool: NodePool) -> Iterator[str]:
    yield f"{pool.cpu} cpu"
    yield f"{pool.memory} memory"
    if pool.ephemeral_storage is not None:
        yield f"{pool.ephemeral_storage} disk"
    if pool.accelerator:
        yield f"{pool.accelerator.count} × {pool.accelerator.model}"


def _segments(stand: Stand, whole: Decimal, tones: Mapping[str, int]) -> Iterator[Segment]:
    """Each group's cards, most first, then what is free. Few groups have a colour each, many take turns."""
    begin = Decimal(0)
    for n, (group, cards) in enumerate(sorted(stand.holders.items(), key=lambda item: (-item[1], item[0]))):
        tone = f"t{tones.get(group, n) % _TONES + 1}"
        yield Segment(group, number(cards), _share(begin, whole), _share(cards, whole), tone)
        begin += cards
    if stand.free:
        yield Segment(FREE, number(stand.free), _share(begin, whole), _share(stand.free, whole), FREE)


def _share(part: Decimal, whole: Decimal) -> str:
    return number((part * 100 / whole).quantize(_PRECISION))
