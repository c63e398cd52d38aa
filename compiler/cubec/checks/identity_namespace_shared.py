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
        if identity.place and other.place and other.pattern == identity.pattern:
            # point at what was written: either of the platform's two may be there by default
            stated = "identityNamespace" in model.platform.origin.document.value["spec"]
            place, related = (identity.place, other.related()) if stated else (other.place, [])
            yield RULE.at(
                place.at(),
                f'namespace "{identity.pattern}" cannot hold people\'s accounts and more: {other.holder}',
                hint='keep one for the accounts alone, such as "cubec-users" (identityNamespace)',
                related=related,
            )
