"""A quota counts objects of a kind that the cluster does not have.

quota.jobs says how many objects of a kind may exist, the kind written in the plural with its API group: tfjobs.kubeflow.org.
Kubernetes refuses to create any object of a kind that a quota counts while the cluster does not know that kind, and goes on
doing so for minutes after it is installed. So the kind must be one of Kubernetes' own, one that a declared capability brings,
or one that a role of the platform gives rights on. The shares of namespaces hold on every cluster of the group.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            jobs: {tfjob.kubeflow.org: 10}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            jobs: {tfjobs.kubeflow.org: 10}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import api_resources, phrase, roles
from cubec.model.model import Model
from cubec.model.quotas import Quota
from cubec.model.types import Cluster, Platform
from cubec.near import near_miss
from cubec.source.quoting import quoted

RULE = Rule("jobs-capability", Severity.ERROR, "a quota counts a kind that the cluster does not have", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    installed = roles.installed()
    own = _own(model.platform)
    for placement in model.placements:
        shares = (space.spec.quota for space in placement.namespaces)
        for quota in (placement.spec.quota, *(share for share in shares if share)):
            for kind in quota.jobs:
                needed = installed.get(kind, ())
                if kind not in own and placement.site.cluster.capabilities.isdisjoint(needed):
                    yield _missing(quota, kind, placement.site.cluster, installed, own)


def _own(platform: Platform) -> frozenset[str]:
    """Kubernetes' own kinds, and those that the platform's roles name: it would not, if they were not there."""
    built_in = {f"{name}.{group}" for group, names in api_resources.NAMESPACED.items() if group for name in names}
    rules = [rule for role in platform.roles for rule in role.rules]
    named = {f"{name}.{group}" for rule in rules for group in rule.api_groups if group for name in rule.resources}
    return frozenset(built_in | named)


def _missing(
    quota: Quota, kind: str, cluster: Cluster, installed: dict[str, tuple[str, ...]], own: frozenset[str]
) -> Diagnostic:
    if kind in installed:
        names = phrase.joined(map(quoted, installed[kind]), "or")
        hint = f'list {names} in the capabilities of cluster "{cluster.name}" if it is installed, or take the count out'
    else:
        near = near_miss(kind, (*installed, *own))
        hint = (
            f'did you mean "{near}"?' if near else "write the kind in the plural and its API group: tfjobs.kubeflow.org"
        )
    return RULE.at(
        quota.origin.key("jobs", kind),
        f'cluster "{cluster.name}" has no {quoted(kind)}: a count of it would refuse every one that is created',
        hint=hint,
        related=[Related(cluster.origin.at("spec", "capabilities"), f'the capabilities of cluster "{cluster.name}"')],
    )
