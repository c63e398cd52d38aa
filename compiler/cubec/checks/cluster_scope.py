"""A role speaks of what belongs to the whole cluster.

Nodes, persistent volumes, custom resource definitions, webhooks and their like stand outside namespaces. A member's
role is given in the group's namespaces only, so such a rule either does nothing, or, bound in another way, would
reach every group's work. The exception is the group's own namespace, which may be read (`get`).

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: observer
          rules:
            - {apiGroups: [""], resources: [pods, nodes], verbs: [get, list]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: observer
          rules:
            - {apiGroups: [""], resources: [pods], verbs: [get, list]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.api_resources import clustered, groups_of
from cubec.model.model import Model
from cubec.model.types import PolicyRule

RULE = Rule("cluster-scope", Severity.ERROR, "a role speaks of what belongs to the whole cluster", __doc__ or "")

_GAINS = {
    "apiservices": "put themselves in the API server's place",
    "certificatesigningrequests": "get a certificate in anybody's name",
    "clusterrolebindings": "give themselves the whole cluster",
    "clusterroles": "give themselves every right",
    "customresourcedefinitions": "change what every group's objects mean",
    "mutatingwebhookconfigurations": "read and change all that is sent to the API server",
    "namespaces": "change the labels and annotations that the admission policies go by",
    "nodes": "reach the machines of all groups",
    "persistentvolumes": "mount anybody's data",
    "signers": "get a certificate in anybody's name",
    "validatingwebhookconfigurations": "read all that is sent to the API server",
}


def check(model: Model) -> Iterator[Diagnostic]:
    for role in model.platform.roles:
        for n, rule in enumerate(role.rules):
            for m, written in enumerate(rule.resources):
                if not _reaches_out(rule, written.lower()):
                    continue
                gain = _GAINS.get(written.lower().partition("/")[0])
                lets = f": it would let members {gain}" if gain else ", where a role of a group ends at its namespaces"
                yield RULE.at(
                    role.origin.at("rules", n, "resources", m),
                    f'"{written}" belongs to the whole cluster{lets}',
                    hint="take it out; a person who needs it gets platformRole: viewer or admin in their User document",
                )


def _reaches_out(rule: PolicyRule, resource: str) -> bool:
    name, _, part = resource.partition("/")
    if part == "proxy" or (name == "namespaces" and {verb.lower() for verb in rule.verbs} == {"get"}):
        return False  # the first has a code of its own; the second is the group's own namespace
    groups = groups_of(name) if "*" in rule.api_groups else {group.lower() for group in rule.api_groups}
    return any(clustered(group, name) for group in groups)
