"""No pod of a group runs where, as whom or ahead of whom it may not.

An update is judged on what it changes: a pod from before a rule could otherwise never lose its finalizers. Nobody is
exempt by name: schedulers, kubelets and controllers do nothing that these rules speak of.
"""

from collections.abc import Iterator

from cubec.emitters.admission import cards_per_pod, cel, linux_identity, own_pools, pools
from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Site

_NAME = "cubec-isolation"
_MATCH = cel.resource_rule(["pods", "pods/ephemeralcontainers"], ["CREATE", "UPDATE"])

_NODE_NAME = cel.Rule(
    "!variables.create || object.spec.?nodeName.orValue('') == ''",
    "spec.nodeName is for the scheduler alone: leave it out, and choose a pool with spec.nodeSelector",
)
_SYSTEM_PRIORITY = cel.Rule(
    "!variables.create || !variables.priority.startsWith('system-')",
    "the priority classes system-* are for the cluster's own pods: leave priorityClassName out",
)
_PRIORITY = cel.Rule(
    "!variables.create || variables.priority == '' || variables.priority in variables.priorities",
    "the platform does not offer this priority class: leave priorityClassName out",
    "'the platform does not offer the priority class ' + variables.priority +"
    " '; leave priorityClassName out, or choose ' + variables.priorities.join(', ')",
)


def emit(site: Site) -> Iterator[Manifest]:
    source = names.source(site.cluster.origin)
    yield from cel.validating(_NAME, source, _MATCH, _variables(site), _rules(site))


def _variables(site: Site) -> Iterator[cel.Variable]:
    yield from pools.variables(site)
    yield cel.variable("create", "request.operation == 'CREATE'")
    yield from own_pools.variables(site)
    yield cel.variable("priority", "object.spec.?priorityClassName.orValue('')")
    if site.platform.priorities:
        offered = "variables.notes[?'cubec.io/priorities'].orValue('').split(',').filter(p, p != '')"
        yield cel.variable("priorities", offered)
    yield from linux_identity.variables(site)
    yield from cards_per_pod.variables()


def _rules(site: Site) -> Iterator[cel.Rule]:
    yield from own_pools.rules(site)
    yield _NODE_NAME
    yield _SYSTEM_PRIORITY
    if site.platform.priorities:
        yield _PRIORITY
    yield from linux_identity.rules(site)
    yield cards_per_pod.RULE
