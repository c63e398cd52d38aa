"""A pod names a pool that its namespace may use, and tolerates what keeps others off these pools, and nothing else.

As the selector must hold one of the namespace's pools, node affinity can only narrow the choice further.
"""

from collections.abc import Iterator

from cubec.emitters.admission import cel, pools
from cubec.model import pod_policies, queues, taints
from cubec.model.model import Site

_ASKED = """\
variables.table.filter(t, t.key in variables.selector && variables.selector[t.key] == t.value).map(t, t.name)"""
_WAYS = """\
variables.table.filter(t, t.name in variables.pools).map(t, t.key + ': "' + t.value + '"'{needed})"""
# where nothing adds tolerations, the selector of a pool with taints is half of what it takes to get there
_NEEDED = """ + (
  !variables.ownTaints.exists(o, t.name in o.pools.split(',')) ? '' : ' (with a toleration of ' +
    variables.ownTaints.filter(o, t.name in o.pools.split(','))
      .map(o, o.value == '' ? o.key : o.key + '=' + o.value).join(' and ') + ')')"""
_MOVED = "variables.create || object.spec.?nodeSelector != oldObject.spec.?nodeSelector"
_ADDED = """\
object.spec.?tolerations.orValue([]).filter(t,
  variables.create || !oldObject.spec.?tolerations.orValue([]).exists(o, o == t))"""

_NAMED = "size(variables.asked) > 0 && variables.asked.all(p, p in variables.pools)"
_POOL_SAYS = """\
(size(variables.asked) > 0
  ? 'namespace ' + request.namespace + ' may not use pool '
    + variables.asked.filter(p, !(p in variables.pools)).join(', ')
  : 'the pod names no pool that the cluster has')
+ (size(variables.ways) > 0
  ? '; write under nodeSelector of the pod or of its template: ' + variables.ways.join(' or ')
  : '; the namespace has no pool yet: ask a platform owner for one')"""

_WIDE_SAYS = """\
'the pod may not tolerate ' + variables.wide.map(t, t.?key.orValue('') == '' ? 'every taint (a toleration without key)' :
  t.?value.orValue('') == '' ? t.key : t.key + '=' + t.value).join(', ')"""


_OWN = f"""\
variables.ownTaints.exists(o, o.key == t.?key.orValue('') && (
    t.?operator.orValue('Equal') == 'Equal' && t.?value.orValue('') == o.value ||
    t.?operator.orValue('') == 'Exists' && o.key != {cel.text(taints.RESERVED)}))"""


def variables(site: Site) -> Iterator[cel.Variable]:
    yield cel.variable("moved", _MOVED)
    yield cel.variable("asked", _ASKED)
    alone = pools.tainted(site) and not pod_policies.completed(site)
    yield cel.variable("ways", _WAYS.format(needed=_NEEDED if alone else ""))
    yield cel.variable("added", _ADDED)
    yield cel.variable("wide", f"variables.added.filter(t, !({_tolerable(site)}))")


def rules(site: Site) -> Iterator[cel.Rule]:
    yield cel.Rule(f"!variables.moved || ({_placed(site)})", "the pod must name a pool of its namespace", _POOL_SAYS)
    yield cel.Rule(
        "size(variables.wide) == 0",
        "the pod tolerates a taint of a pool that its namespace may not use: leave tolerations out",
        f"{_WIDE_SAYS} + {_way_out(site)}",
    )


def _placed(site: Site) -> str:
    if pod_policies.completed(site):
        return _NAMED
    # nothing adds a selector here, so a pod without one may run wherever nodes are not reserved
    unreserved = cel.texts(pool.name for pool in site.pools if not pool.reserved)
    nowhere = "!variables.table.exists(t, t.key in variables.selector)"
    return f"{_NAMED} ||\n{nowhere} && {unreserved}.all(p, p in variables.pools)"


def _tolerable(site: Site) -> str:
    """What Kubernetes itself tolerates for pods, the taints of nodes with cards, and those of the namespace's pools."""
    allowed = ["t.?key.orValue('').startsWith('node.kubernetes.io/')"]
    resources = sorted(
        {name for pool in site.pools if pool.accelerator for name in (pool.accelerator.resource, queues.resource(pool))}
    )
    if resources:
        allowed.append(f"t.?key.orValue('') in {cel.texts(resources)}")
    if pools.tainted(site):
        allowed.append(_OWN)
    return " ||\n  ".join(allowed)


def _way_out(site: Site) -> str:
    if pod_policies.completed(site):
        return cel.text("; leave tolerations out: those of the namespace's pools are added by themselves")
    if not pools.tainted(site):
        return cel.text("; leave tolerations out: no pool needs one")
    known = "variables.ownTaints.map(o, o.value == '' ? o.key : o.key + '=' + o.value).join(', ')"
    allowed = f"'; namespace ' + request.namespace + ' may tolerate: ' + {known}"
    return f"\n(size(variables.ownTaints) > 0 ? {allowed} :\n'; leave tolerations out: no pool of its namespace needs one')"
