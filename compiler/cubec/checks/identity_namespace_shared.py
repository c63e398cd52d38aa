"""The namespace of people's accounts is used for something else, too.

Whoever may start a pod in a namespace can act as every account in it. So nothing runs in the namespace where people's
accounts live, `identityNamespace`: the compiler sets the number of its pods to 0. It cannot be the namespace of the upkeep
jobs, nor one that a cluster names for secrets, ingress or monitoring.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata: {name: research}
    spec:
      identityNamespace: cubec-system
      systemNamespace: cubec-system
      templateCategories: [{name: training}]

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata: {name: research}
    spec:
      identityNamespace: cubec-users
      systemNamespace: cubec-system
      templateCategories: [{name: training}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import namespaces
from cubec.model.model import Model

RULE = Rule(
    "identity-namespace-shared",
    Severity.ERROR,
    "the namespace of people's accounts is used for something else, too",
    __doc__ or "",
)


def check(model: Model) -> Iterator[Diagnostic]:
    identity, system = namespaces.own(model.platform)
    for other in (system, *namespaces.in_clusters(model)):
        place = identity.place or other.place
        if place and other.pattern == identity.pattern:
            yield RULE.at(
                place.at(),
                f'namespace "{identity.pattern}" cannot hold people\'s accounts and more: {other.holder}',
                hint="name one here that nothing else uses, since nothing may run beside people's accounts",
                related=other.related() if identity.place else (),
            )
