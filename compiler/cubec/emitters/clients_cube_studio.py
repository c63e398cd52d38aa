"""What cube-studio is told about a group: the ``expand`` field of its project, in that platform's own grammar.

Its quota is a courtesy to people who look there: it counts one unit of memory, 10^9 bytes, and one kind of card. What
holds is the ResourceQuota of each namespace.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from cubec.model import cube_studio
from cubec.model.model import Placement, Share
from cubec.model.quantity import NANO, Quantity
from cubec.model.quotas import Limits
from cubec.model.types import NodePool

# The setting for the namespace of each kind of work, and what that is for here.
_NAMESPACES = (
    ("NOTEBOOK_NAMESPACE", "notebook"),
    ("PIPELINE_NAMESPACE", "train"),
    ("SERVICE_NAMESPACE", "service"),
    ("AUTOML_NAMESPACE", "train"),
)
_GIGABYTE = 10**9 * NANO


def texts(placement: Placement) -> Iterator[tuple[str, str]]:
    if cube_studio.PROFILE not in placement.site.platform.profiles:
        return
    expand = {
        "cluster": placement.site.cluster.name,
        "org": ",".join(dict.fromkeys(map(cube_studio.org, _pools(placement)))) or cube_studio.PUBLIC,
        "volume_mount": _mounts(placement),
        "namespace": _namespaces(placement),
        "quota": ";".join(_quota([namespace.share for namespace in placement.namespaces])),
    }
    text = json.dumps({key: value for key, value in expand.items() if value}, indent=2, ensure_ascii=False)
    yield f"cube-studio/{placement.group.name}.json", text + "\n"


def _pools(placement: Placement) -> Iterable[NodePool]:
    first = placement.default_pool
    return sorted(placement.pools, key=lambda pool: pool is not first)


def _mounts(placement: Placement) -> str:
    """``pvc`` shows each person a sub-directory of their own; in a claim that cannot be written there are none to make."""
    kinds = {False: "pvc", True: "pvc-share"}
    return ",".join(
        f"{claim.name}({kinds[claim.read_only]}):{claim.mount}" for claim in placement.claims if claim.mount
    )


def _namespaces(placement: Placement) -> str:
    """Without a setting of the project, its four fixed namespaces would be used. Of several for training the last is AutoML's."""
    found = []
    for key, workload in _NAMESPACES:
        fit = [item.name for item in placement.namespaces if workload in item.spec.workloads]
        if fit:
            found.append(f"{key}:{fit[-1] if key == 'AUTOML_NAMESPACE' else fit[0]}")
    return ",".join(found)


def _quota(shares: Sequence[Share]) -> Iterator[str]:
    """``namespace,resource,type,value`` over all of the group's namespaces; no line where there is no limit."""
    concurrent = {
        "cpu": _cores(_sum(share.cpu for share in shares)),
        "memory": _gigabytes(_sum(share.memory for share in shares)),
        "gpu": _number(sum((count for share in shares for count in share.cards.values()), Decimal(0))),
    }
    limits = [share.per_pod for share in shares]
    single = {
        "cpu": _cores(_largest(limit.cpu if limit else None for limit in limits)),
        "memory": _gigabytes(_largest(limit.memory if limit else None for limit in limits)),
        "gpu": _cards(limits),
    }
    for kind, amounts in (("single", single), ("concurrent", concurrent)):
        for resource, value in amounts.items():
            if value is not None:
                yield f"all,{resource},{kind},{value}"


def _sum(amounts: Iterable[Quantity | None]) -> Quantity | None:
    total = Quantity(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _largest(amounts: Iterable[Quantity | None]) -> Quantity | None:
    found = list(amounts)
    return max((item for item in found if item is not None), default=None) if None not in found else None


def _cards(limits: Iterable[Limits | None]) -> str | None:
    sums = [sum((item.cards for item in limit.gpu), Decimal(0)) for limit in limits if limit and limit.gpu is not None]
    return _number(max(sums)) if sums else None


def _cores(amount: Quantity | None) -> str | None:
    return None if amount is None else _number(Decimal(amount.nano) / NANO)


def _gigabytes(amount: Quantity | None) -> str | None:
    return None if amount is None else str(amount.nano // _GIGABYTE)


def _number(value: Decimal) -> str:
    return str(int(value)) if value == value.to_integral_value() else format(value.normalize(), "f")
