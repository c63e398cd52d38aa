"""Where documents ask for cards, beside the pools that are to give them, and what is wrong with an item."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cubec.diagnostics import Position
from cubec.model import cards, gpu, written
from cubec.model.gpu import Gpu
from cubec.model.model import Model, Placement
from cubec.model.quotas import Quota
from cubec.model.tenants import Group
from cubec.source.document import Origin, Pointer


@dataclass(frozen=True, slots=True)
class Trouble:
    """An item that cannot be given. ``everywhere`` says that it is no single placement's, but a share for all of them."""

    item: Gpu
    position: Position
    placement: Placement
    everywhere: bool


def troubles(model: Model, kind: str) -> Iterator[Trouble]:
    """Yield items with a problem of ``kind``, as ``cards.Problem`` has it, in placements, then in shares and envelopes.

    A share is one for all clusters of its group: its model must be offered on one of them, but wherever it is offered, the
    item must be clear and a whole number of slices, or that cluster would give nothing without a word.
    """
    for placement in model.placements:
        if settled(model, placement):
            quota = placement.spec.quota
            for item, field in _items(quota):
                found = cards.problem(item, placement.pools)
                if found and found.kind == kind:
                    yield Trouble(item, position(quota.origin.child(*field), item), placement, everywhere=False)
    for group, placements in by_group(model):
        for quota in _shares(group):
            for item, field in _items(quota):
                culprit = _culprit(item, placements, kind)
                if culprit:
                    yield Trouble(item, position(quota.origin.child(*field), item), culprit, everywhere=True)


def by_group(model: Model) -> Iterator[tuple[Group, Sequence[Placement]]]:
    """Yield groups with all their placements; a group is left out where a cluster or pool that it names is not there."""
    found: Mapping[str, list[Placement]] = defaultdict(list)
    for placement in model.placements:
        if settled(model, placement):
            found[placement.group.name].append(placement)
    for name, placements in found.items():
        group = model.groups[name]
        if len(placements) == len(group.placements):
            yield group, placements


def settled(model: Model, placement: Placement) -> bool:
    """Whether every pool of the placement is known, so that what the pools offer can be judged."""
    named = placement.spec.pools
    return len(placement.pools) == len(named) if named else model.complete


def position(origin: Origin, item: Gpu) -> Position:
    """Where an item of the ``gpu`` field at ``origin`` stands."""
    field = written.value(origin)
    if not isinstance(field, list):
        return origin.at()
    return next((origin.at(n) for n, text in enumerate(field) if gpu.parse(text) == item), origin.at())


def _items(quota: Quota) -> Iterator[tuple[Gpu, Pointer]]:
    for item in quota.gpu:
        yield item, ("gpu",)
    for key, limits in (("perPod", quota.per_pod), ("borrow", quota.borrow), ("lend", quota.lend)):
        if limits and limits.gpu:
            for item in limits.gpu:
                yield item, (key, "gpu")


def _shares(group: Group) -> Iterator[Quota]:
    for namespace in group.namespaces:
        if namespace.quota is not None:
            yield namespace.quota
    if group.envelope is not None:
        yield group.envelope


def _culprit(item: Gpu, placements: Sequence[Placement], kind: str) -> Placement | None:
    problems = [(cards.problem(item, placement.pools), placement) for placement in placements]
    found = [placement for problem, placement in problems if problem and problem.kind == kind]
    return found[0] if found and (kind != "model" or len(found) == len(placements)) else None
