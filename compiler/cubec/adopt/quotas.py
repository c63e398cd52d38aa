"""What a namespace may use, from its ResourceQuotas, its LimitRanges and, where Kueue queues its work, its ClusterQueue."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from cubec.adopt.observed import Object, Observed, listed, name
from cubec.adopt.pools import Pool, group_of
from cubec.adopt.residue import Residue
from cubec.model.quantity import NANO, ZERO, Quantity, QuantityError, parse

Spec = dict[str, Any]
Amounts = Mapping[str, Quantity]

_COMPUTE = {"cpu": "cpu", "memory": "memory", "ephemeral-storage": "ephemeralStorage"}
_COUNTS = {
    "persistentvolumeclaims": "claims",
    "pods": "pods",
    "services": "services",
    "services.nodeports": "nodePorts",
    "services.loadbalancers": "loadBalancers",
    "configmaps": "configMaps",
    "secrets": "secrets",
}
_NEVER_UNLIMITED = frozenset({"nodePorts", "loadBalancers"})  # 0 where a document does not say them
_ANY = "any--pool"


def hard(seen: Observed, namespace: str, residue: Residue) -> dict[str, Quantity]:
    """What all quotas of a namespace allow together: the least of each resource."""
    found: dict[str, Quantity] = {}
    for quota in seen.within("ResourceQuota", namespace):
        spec = quota["spec"]
        if spec.get("scopes") or spec.get("scopeSelector"):
            residue.left(quota, "ResourceQuota", "it counts some pods only, and a document's quota counts all")
            continue
        if name(quota) != "quota":
            residue.replaced(
                quota,
                "ResourceQuota",
                'the documents say what it holds, and make a ResourceQuota "quota" of it: delete this one afterwards, '
                "both count until then",
            )
        for resource, amount in (spec.get("hard") or {}).items():
            try:
                least = parse(amount)
            except QuantityError as error:
                residue.left(quota, "ResourceQuota", str(error), f"spec.hard[{resource}]")
            else:
                found[resource] = min(found.get(resource, least), least)
    return found


def quota(seen: Observed, item: Object, usable: Sequence[Pool], cards: Collection[str], residue: Residue) -> Spec:
    """The quota of a namespace as a document says it; ``cards`` are the resources of all pools of the cluster."""
    namespace = name(item)
    held = hard(seen, namespace, residue)
    queue = _queue(seen, namespace, residue)
    spec = _compute(held, queue)
    gpu = _cards(held, queue, usable)
    if gpu:
        spec["gpu"] = gpu
    spec |= _counts(held)
    known = {f"{side}{resource}" for resource in _COMPUTE for side in ("", "requests.", "limits.")} | set(_COUNTS)
    known |= {f"requests.{pool.resource}" for pool in usable} | {"requests.storage"}
    known |= {f"requests.{one}" for one in cards if not held.get(f"requests.{one}", ZERO)}  # of other pools: none
    for resource in held:
        if resource not in known and not (resource.startswith("count/") and "." in resource):
            _unknown(seen, namespace, resource, residue)
    spec |= _per_pod(seen, item, usable)
    weight = queue.get("", {}).get("weight")
    if weight is not None and parse(weight).nano % NANO:
        residue.invent("Group", group_of(item), f"its weight is {weight}, and whole numbers are written", "weight")
    return {**spec, **_sharing(queue, spec, usable)}


def _unknown(seen: Observed, namespace: str, resource: str, residue: Residue) -> None:
    for quota in seen.within("ResourceQuota", namespace):
        if resource in (quota["spec"].get("hard") or {}):
            residue.left(quota, "ResourceQuota", "no field of a document's quota says this", f"spec.hard[{resource}]")


def _queue(seen: Observed, namespace: str, residue: Residue) -> Mapping[str, Mapping[str, Any]]:
    """What the ClusterQueue that has the namespace's name says of each flavor and resource, as ``flavor resource``."""
    own = None
    for local in seen.within("LocalQueue", namespace):
        if local["spec"].get("clusterQueue") == namespace:
            own = seen.find("ClusterQueue", namespace) or own
        else:
            why = f"what its queue {local['spec'].get('clusterQueue')} may use is not the namespace's alone"
            residue.left(local, "LocalQueue", f"{why}: the documents make a queue for each namespace")
    if own is None:
        return {}
    found = {
        f"{flavor['name']} {resource['name']}": resource
        for group in own["spec"].get("resourceGroups") or ()
        for flavor in group["flavors"]
        for resource in flavor["resources"]
    }
    return {**found, "": {"weight": own["spec"].get("fairSharing", {}).get("weight")}}


def _compute(held: Amounts, queue: Mapping[str, Mapping[str, Any]]) -> Spec:
    spec: Spec = {}
    for resource, field in _COMPUTE.items():
        told = [held[key] for key in (resource, f"requests.{resource}", f"limits.{resource}") if key in held]
        nominal = queue.get(f"{_ANY} {resource}", {}).get("nominalQuota")
        if told:
            spec[field] = str(parse(nominal) if nominal is not None else min(told))
    if "requests.storage" in held:
        spec["storage"] = str(held["requests.storage"])
    return spec


def _counts(held: Amounts) -> Spec:
    spec: Spec = {
        field: int(str(held[resource]))
        for resource, field in _COUNTS.items()
        if resource in held and str(held[resource]).isdecimal()
    }
    jobs = {
        resource.removeprefix("count/"): int(str(amount))
        for resource, amount in held.items()
        if resource.startswith("count/") and "." in resource and str(amount).isdecimal()
    }
    spec = {field: count for field, count in spec.items() if count or field not in _NEVER_UNLIMITED}
    return {**spec, "jobs": jobs} if jobs else spec


def _cards(held: Amounts, queue: Mapping[str, Mapping[str, Any]], usable: Sequence[Pool]) -> Any:
    """Cards by model: as the queue says it of each pool, or laid over the pools in their order."""
    by_pool: dict[str, int] = {}
    for resource in dict.fromkeys(pool.resource for pool in usable if pool.resource):
        left = _number(held.get(f"requests.{resource}", ZERO))
        offering = [pool for pool in usable if pool.resource == resource]
        for pool in offering:
            nominal = queue.get(f"{pool.name} {resource}", {}).get("nominalQuota")
            last = pool is offering[-1]
            by_pool[pool.name] = (
                _number(parse(nominal)) if nominal is not None else left if last else min(left, pool.cards)
            )
            left = max(left - by_pool[pool.name], 0)
    return written(by_pool, usable)


def written(by_pool: Mapping[str, int], usable: Sequence[Pool]) -> Any:
    """Cards in the notation of documents; None for none."""
    models = list(dict.fromkeys(pool.model for pool in usable if pool.model))
    amounts = {model: sum(by_pool.get(p.name, 0) for p in usable if p.model == model) for model in models}
    if not any(amounts.values()):
        return None
    if len(models) == 1:
        return amounts[models[0]]
    return [f"{count}({model})" for model, count in amounts.items() if count]


def _per_pod(seen: Observed, item: Object, usable: Sequence[Pool]) -> Spec:
    largest: Spec = {}
    for limits in seen.within("LimitRange", name(item)):
        for limit in limits["spec"].get("limits") or ():
            if limit["type"] == "Pod":
                largest |= {key: value for key, value in (limit.get("max") or {}).items() if key in {"cpu", "memory"}}
    told = dict(part.partition("=")[::2] for part in listed(item, "cubec.io/cards-per-pod"))
    counts = {pool.name: int(told[pool.resource]) for pool in usable if told.get(pool.resource, "").isdecimal()}
    models = {pool.model: counts[pool.name] for pool in usable if pool.name in counts}
    if len(models) == 1:
        largest["gpu"] = next(iter(models.values()))
    elif models:
        largest["gpu"] = [f"{count}({model})" for model, count in models.items()]
    return {"perPod": largest} if largest else {}


def _sharing(queue: Mapping[str, Mapping[str, Any]], spec: Spec, usable: Sequence[Pool]) -> Spec:
    """What may be borrowed and lent, and how much the namespace counts."""
    found: Spec = {}
    for field, key in (("borrow", "borrowingLimit"), ("lend", "lendingLimit")):
        amounts: Spec = {}
        for resource in ("cpu", "memory"):
            limit = queue.get(f"{_ANY} {resource}", {}).get(key)
            if limit is not None and resource in spec and (field == "lend" or parse(limit)):
                amounts[resource] = limit
        cards = {
            pool.name: _number(parse(queue[place][key]))
            for pool in usable
            if key in queue.get(place := f"{pool.name} {pool.resource}", {})
        }
        gpu = written(cards, usable)
        if gpu is not None or (field == "lend" and cards):
            amounts["gpu"] = 0 if gpu is None else gpu
        if amounts:
            found[field] = amounts
    weight = queue.get("", {}).get("weight")
    return {**found, "weight": _number(parse(weight))} if weight is not None else found


def total(quotas: Iterable[Spec]) -> Spec:
    """The quota of a placement whose namespaces have these: what each of them limits, added up; cards in any case."""
    parts = list(quotas)
    spec: Spec = {}
    for field in (*_COMPUTE.values(), "storage"):
        if all(field in part for part in parts):
            spec[field] = str(sum((parse(part[field]) for part in parts), ZERO))
    for field in _COUNTS.values():
        if all(field in part for part in parts) or (field in _NEVER_UNLIMITED and any(field in part for part in parts)):
            spec[field] = sum(part.get(field, 0) for part in parts)
    if parts[0].get("perPod") and all(part.get("perPod") == parts[0]["perPod"] for part in parts):
        spec["perPod"] = parts[0]["perPod"]
    kinds = [part.get("jobs", {}) for part in parts]
    jobs = {kind: sum(part[kind] for part in kinds) for kind in kinds[0] if all(kind in part for part in kinds)}
    cards: dict[str, int] = {}
    for part in parts:
        gpu = part.get("gpu", 0)
        for one in gpu if isinstance(gpu, list) else [gpu]:
            count, _, model = str(one).partition("(")
            cards[model] = cards.get(model, 0) + int(count)
    items = [f"{count}({model}" if model else count for model, count in cards.items() if count]
    if items:
        spec["gpu"] = items if len(items) > 1 else items[0]
    return {**spec, "jobs": jobs} if jobs else spec


def _number(amount: Quantity) -> int:
    return amount.nano // NANO
