"""The queue that a job goes through where Kueue holds the cards: which pool it is sent to, and whether it ever gets there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.model import queues
from cubec.model.quantity import ZERO, Quantity, parse, whole
from cubec.rehearsal import amounts, kept
from cubec.rehearsal.emitted import Emitted, Item
from cubec.rehearsal.findings import Amount, Finding, Mutation, Outcome, toleration
from cubec.rehearsal.quota import Used, less

STAGE = "queue"
LABEL = "kueue.x-k8s.io/queue-name"
# What makes its pods at once; Kueue then holds each of them. All else is held as a whole, and told its pool before it has pods.
_BY_POD = frozenset({"DaemonSet", "Deployment", "Pod", "ReplicaSet", "StatefulSet"})


@dataclass(frozen=True, slots=True)
class Flavor:
    """What a queue has of one resource in one flavor."""

    name: str
    resource: str
    sure: Quantity
    borrowed: Quantity

    @property
    def most(self) -> Quantity:
        return self.sure + self.borrowed


@dataclass(frozen=True, slots=True)
class Podset:
    """Pods of one kind: how many, and the pod."""

    count: int
    pod: Mapping[str, Any]


def as_a_whole(kind: str) -> bool:
    return kind not in _BY_POD


def entries(emitted: Emitted, namespace: str) -> list[str]:
    """What the namespace's queue counts."""
    local = emitted.find("LocalQueue", queues.LOCAL_QUEUE, namespace)
    return sorted(_resources(_cluster_queue(emitted, local))) if local else []


def judged(
    emitted: Emitted, namespace: str, labels: Mapping[str, str], podsets: Sequence[Podset], used: Used
) -> tuple[list[Finding], tuple[Amount, ...]]:
    """Whether all pods together get through the queue, and what they take of it."""
    name = labels.get(LABEL, queues.LOCAL_QUEUE)
    local = emitted.find("LocalQueue", name, namespace)
    if local is None:
        known = [item.name for item in emitted.all("LocalQueue", namespace)]
        message = f"namespace {namespace} has no queue {name}, so it is held for ever"
        return [
            Finding(STAGE, Outcome.STUCK, message, f"leave the label {LABEL} out, or write {' or '.join(known)}")
        ], ()
    queue = _cluster_queue(emitted, local)
    asked = amounts.added(_asked(podset) for podset in podsets)
    if "pods" in _resources(queue):
        asked["pods"] = whole(sum(podset.count for podset in podsets))
    found = [*_stopped(emitted, queue), *_uncovered(emitted, queue, asked)]
    counted = tuple(_entries(emitted, queue, asked, used))
    for podset in podsets:
        found += _held(emitted, queue, podset)
    found += [] if found else _together(counted)
    if not found:
        found = [
            Finding(STAGE, Outcome.PASSED, f"goes through queue {name} of {namespace}", source=emitted.line(queue))
        ]
    return [*found, *_borrowed(emitted, queue, podsets)], counted


def sent(
    emitted: Emitted, namespace: str, labels: Mapping[str, str], podset: Podset
) -> tuple[dict[str, Any], tuple[Mutation, ...]]:
    """The pod as the queue hands it back: sent to the nodes of the pool whose cards it got, through their taints."""
    pod = kept.plain(podset.pod)
    local = emitted.find("LocalQueue", labels.get(LABEL, queues.LOCAL_QUEUE), namespace)
    found: list[Mutation] = []
    for flavor in _chosen(emitted, _cluster_queue(emitted, local), podset) if local else ():
        item = next(one for one in emitted.all("ResourceFlavor") if one.name == flavor.name)
        source, why = emitted.line(item), f"the queue has {flavor.resource} in pool {flavor.name}"
        for key, value in item.value["spec"].get("nodeLabels", {}).items():
            if pod["spec"].setdefault("nodeSelector", {}).setdefault(key, "") == "":
                pod["spec"]["nodeSelector"][key] = value
                found.append(Mutation(("spec", "nodeSelector", key), "", value, why, source))
        for one in item.value["spec"].get("tolerations", ()):
            if one not in pod["spec"].setdefault("tolerations", []):
                pod["spec"]["tolerations"].append(one)
                found.append(Mutation(("spec", "tolerations"), "", toleration(one), why, source))
    return pod, tuple(found)


def _cluster_queue(emitted: Emitted, local: Item) -> Item:
    wanted = local.value["spec"]["clusterQueue"]
    return next(item for item in emitted.all("ClusterQueue") if item.name == wanted)


def _asked(podset: Podset) -> amounts.Amounts:
    return amounts.times(amounts.asked(podset.pod, "requests"), podset.count)


def _flavors(queue: Item) -> Iterator[Flavor]:
    for group in queue.value["spec"]["resourceGroups"]:
        for flavor in group["flavors"]:
            for resource in flavor["resources"]:
                sure, borrowed = parse(resource["nominalQuota"]), parse(resource["borrowingLimit"])
                yield Flavor(flavor["name"], resource["name"], sure, borrowed)


def _resources(queue: Item) -> frozenset[str]:
    return frozenset(flavor.resource for flavor in _flavors(queue))


def _eligible(emitted: Emitted, queue: Item, resource: str, pod: Mapping[str, Any]) -> list[Flavor]:
    """The flavors of a resource that the pod's selector leaves; labels that no flavor speaks of do not count here."""
    flavors = [flavor for flavor in _flavors(queue) if flavor.resource == resource]
    labels = {flavor.name: _labels(emitted, flavor.name) for flavor in flavors}
    ours = {key for own in labels.values() for key in own}
    stated = {key: value for key, value in pod["spec"].get("nodeSelector", {}).items() if key in ours}
    return [flavor for flavor in flavors if all(labels[flavor.name].get(key) == value for key, value in stated.items())]


def _labels(emitted: Emitted, flavor: str) -> Mapping[str, str]:
    item = emitted.find("ResourceFlavor", flavor)
    found: Mapping[str, str] = item.value["spec"].get("nodeLabels", {}) if item else {}
    return found


def _chosen(emitted: Emitted, queue: Item, podset: Podset) -> Iterator[Flavor]:
    """The first flavor of each resource that could ever hold what is asked for."""
    for resource, amount in _asked(podset).items():
        fitting = [flavor for flavor in _eligible(emitted, queue, resource, podset.pod) if ZERO < amount <= flavor.most]
        yield from fitting[:1]


def _stopped(emitted: Emitted, queue: Item) -> Iterator[Finding]:
    if queue.value["spec"].get("stopPolicy"):
        group = emitted.placement.group
        message = f"group {group.name} is {group.state}: its queue starts nothing new"
        hint = "set state: active in its file, if it is to go on"
        yield Finding(STAGE, Outcome.STUCK, message, hint, source=group.origin.at("spec", "state"))


def _uncovered(emitted: Emitted, queue: Item, asked: Mapping[str, Quantity]) -> Iterator[Finding]:
    covered = _resources(queue)
    for resource in asked:
        if resource not in covered:
            message = f"the queue of {queue.name} has no {resource}, so the job is held for ever"
            pools = ", ".join(pool.name for pool in emitted.placement.pools) or "none"
            hint = f"leave {resource} out; the group's pools are {pools}"
            yield Finding(STAGE, Outcome.STUCK, message, hint, source=emitted.line(queue))


def _held(emitted: Emitted, queue: Item, podset: Podset) -> Iterator[Finding]:
    """What no flavor of the queue could ever hold."""
    covered = _resources(queue)
    for resource, amount in _asked(podset).items():
        flavors = _eligible(emitted, queue, resource, podset.pod) if resource in covered else ()
        if not amount or resource not in covered or any(amount <= flavor.most for flavor in flavors):
            continue
        most = max((flavor.most for flavor in flavors), default=ZERO)
        if flavors:
            message = (
                f"{resource}: {amount} asked for, {most} at most in the queue of {queue.name}, so it is held for ever"
            )
            hint = f"{less(most)}, or have the quota raised where it is written"
        else:
            message = f"{resource}: the queue of {queue.name} has none in the pool that nodeSelector names, so it is held for ever"
            hint = "leave nodeSelector out: the queue chooses the pool"
        yield Finding(STAGE, Outcome.STUCK, message, hint, source=emitted.line(queue))


def _entries(emitted: Emitted, queue: Item, asked: Mapping[str, Quantity], used: Used) -> Iterator[Amount]:
    for resource, amount in asked.items():
        flavors = [flavor for flavor in _flavors(queue) if flavor.resource == resource]
        most = sum((flavor.most for flavor in flavors), ZERO)
        if flavors and amount:
            known = used.get(resource, used.get(f"requests.{resource}"))
            yield Amount(f"queue of {queue.name}", resource, amount, most, known, emitted.line(queue))


def _together(entries: Sequence[Amount]) -> Iterator[Finding]:
    """What all pods ask for, against what the queue has in all, and what of it is free."""
    for entry in entries:
        asked = f"{entry.resource}: {entry.asked} asked for together"
        if entry.asked > entry.limit:
            message = f"{asked}, {entry.limit} at most in the {entry.holder}, so it is held for ever"
            hint = f"{less(entry.limit)}, or have the quota raised where it is written"
            yield Finding(STAGE, Outcome.STUCK, message, hint, source=entry.source)
        elif entry.used is not None and entry.used + entry.asked > entry.limit:
            free = max(entry.limit - entry.used, ZERO)
            message = f"{asked}, {free} of {entry.limit} free in the {entry.holder}: it is held until enough is"
            yield Finding(STAGE, Outcome.WAITS, message, source=entry.source)


def _borrowed(emitted: Emitted, queue: Item, podsets: Sequence[Podset]) -> Iterator[Finding]:
    for podset in podsets:
        asked = _asked(podset)
        for flavor in _chosen(emitted, queue, podset):
            if asked[flavor.resource] > flavor.sure:
                message = f"{flavor.resource}: {flavor.sure} of {asked[flavor.resource]} sure, the rest only while other groups leave theirs idle"
                yield Finding(STAGE, Outcome.NOTE, message, source=emitted.line(queue))
