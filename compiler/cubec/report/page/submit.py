"""How a member of a group starts a first job on a cluster: commands to copy, and what the platform expects of a pod."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cubec.model import pod_policies, queues, taints
from cubec.model.cards import units
from cubec.model.model import Namespace, Placement, Site
from cubec.model.phrase import joined, number
from cubec.model.types import Accelerator, Taint


@dataclass(frozen=True, slots=True)
class Submit:
    """No commands where nobody may start a pod; ``notes`` are sentences."""

    commands: tuple[str, ...]
    notes: tuple[str, ...]


def submit(placement: Placement) -> Submit:
    state = placement.group.state
    if state != "active":
        return Submit((), (f"The group is {state}: no new pods start here.",))
    return Submit(tuple(_commands(placement)), tuple(_notes(placement)))


def _commands(placement: Placement) -> Iterator[str]:
    site, namespace = placement.site, _for_jobs(placement).name
    yield f"export KUBECONFIG={_kubeconfig(placement)}"
    yield f"kubectl -n {namespace} create -f job.yaml"
    yield f"kubectl -n {namespace} get jobs,pods"
    # Arena's command line cannot log in through a provider
    if "arena" in site.platform.profiles and _accounts(site) and "kubeflow-training" in site.cluster.capabilities:
        yield f"arena submit pytorch --namespace={namespace} --name=first --image=IMAGE 'COMMAND'"


def _kubeconfig(placement: Placement) -> str:
    """The person's own file, or the group's where people log in by themselves."""
    cluster = placement.site.cluster
    if _accounts(placement.site):
        return f"USER@{cluster.name}.kubeconfig"
    return f"{cluster.delivery.path}/{cluster.name}/clients/kubeconfig/{placement.group.name}.yaml"


def _accounts(site: Site) -> bool:
    """Whether people come as ServiceAccounts."""
    return site.cluster.identity.mode == "serviceaccount"


def _for_jobs(placement: Placement) -> Namespace:
    """The namespace to begin with: the one that is for training and has most cards."""

    def merit(namespace: Namespace) -> tuple[bool, Decimal]:
        return "train" in namespace.spec.workloads, sum(namespace.share.cards.values(), Decimal(0))

    return max(placement.namespaces, key=merit)


def _notes(placement: Placement) -> Iterator[str]:
    """Where the kubeconfig comes from, what a job has to say, and what becomes of it."""
    if _accounts(placement.site):
        yield f"An administrator makes the kubeconfig: cubec kubeconfig USER --cluster {placement.site.cluster.name}."
    for pool in placement.pools:
        if pool.accelerator and any(namespace.share.cards.get(pool.name) for namespace in placement.namespaces):
            yield _card(pool.accelerator)
    yield from _pool(placement)
    if placement.site.kueue:
        yield f"Jobs wait in the queue {queues.LOCAL_QUEUE} until the group has room for them."
    if placement.templates and any("train" in namespace.spec.workloads for namespace in placement.namespaces):
        yield f"Templates to start from: kubectl -n {_for_jobs(placement).name} get podtemplates."


def _card(item: Accelerator) -> str:
    if item.slice_resource:
        share = number((Decimal(1) / item.per_card).quantize(Decimal("0.001")))
        return f"{share} of a {item.model} card is {item.slice_resource}: 1 under the container's resources.limits."
    return f"One {item.model} card is {units(item, Decimal(1))[0]}: 1 under the container's resources.limits."


def _pool(placement: Placement) -> Iterator[str]:
    values: dict[str, list[str]] = {}
    for pool in placement.pools:
        values.setdefault(pool.label_key, []).append(pool.label_value)
    ways = [f"{key}: {joined(found, 'or')}" for key, found in values.items()]
    if not ways:
        yield "The group has no pool here, so no pod of it finds a node."
    elif pod_policies.completed(placement.site):
        if placement.default_pool and len(placement.pools) > 1:
            yield (
                f"A pod that names no pool runs on {placement.default_pool.name}; "
                f"to choose, write {joined(ways, 'or')} under its nodeSelector."
            )
    else:
        yield f"A pod has to name its pool: write {joined(ways, 'or')} under its nodeSelector."
        keeps = dict.fromkeys(_taint(taint) for pool in placement.pools for taint in taints.taints(pool))
        if keeps:
            yield f"It has to tolerate what keeps other pods off: {joined(keeps)}."


def _taint(taint: Taint) -> str:
    """As kubectl writes it."""
    return f"{taint.key}{'=' if taint.value else ''}{taint.value}:{taint.effect}"
