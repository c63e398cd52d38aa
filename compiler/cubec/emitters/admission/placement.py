"""A pod that names no pool gets the group's default one, and every pod tolerates the taints of the group's pools.

Where Linux identities are enforced it also gets no groups from its image.

``nodeSelector`` and ``tolerations`` are replaced as a whole by anything but a JSON patch, so the two cases, absent and
present, are told apart. The policy may be called again for the same pod and then adds nothing.
"""

from collections.abc import Iterator
from typing import Any

from cubec.emitters.admission import cel, linux_identity, pools
from cubec.manifest import Manifest
from cubec.model import names, pod_policies
from cubec.model.model import Site

_NAME = "cubec-placement"

_CHOSEN = """\
variables.table.exists(t, t.key in variables.selector) ? [] :
variables.table.filter(t, t.name == variables.notes[?'cubec.io/default-pool'].orValue('') && t.name in variables.pools)"""

_SELECT = """\
size(variables.chosen) == 0 ? [] :
has(object.spec.nodeSelector) ?
  [JSONPatch{op: 'add', path: '/spec/nodeSelector/' + jsonpatch.escapeKey(variables.chosen[0].key),
    value: variables.chosen[0].value}] :
  [JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {variables.chosen[0].key: variables.chosen[0].value}}]"""

_MISSING = """\
variables.ownTaints.filter(o, !object.spec.?tolerations.orValue([]).exists(t,
  t.?key.orValue('') == o.key
  && (t.?operator.orValue('Equal') == 'Exists' || t.?value.orValue('') == o.value)
  && t.?effect.orValue('') in ['', o.effect]))"""

_TOLERATE = """\
(has(object.spec.tolerations) || size(variables.missing) == 0
  ? [] : [JSONPatch{op: 'add', path: '/spec/tolerations', value: []}]) +
variables.missing.map(o, JSONPatch{op: 'add', path: '/spec/tolerations/-',
  value: {'key': o.key, 'operator': 'Equal', 'value': o.value, 'effect': o.effect}})"""


def emit(site: Site) -> Iterator[Manifest]:
    asked = names.source(site.cluster.origin)
    if pod_policies.native(site):
        spec = {"failurePolicy": "Fail", "reinvocationPolicy": "IfNeeded", **_rules(site)}
        yield Manifest("MutatingAdmissionPolicy", _NAME, "", asked, {"spec": spec})
        binding = {"policyName": _NAME, "matchResources": {"namespaceSelector": cel.GROUP_NAMESPACES}}
        yield Manifest("MutatingAdmissionPolicyBinding", _NAME, "", asked, {"spec": binding})
    elif pod_policies.by_kyverno(site):
        spec = {"failurePolicy": "Fail", "reinvocationPolicy": "IfNeeded", **_rules(site), **_KYVERNO}
        spec["matchConstraints"] = {**spec["matchConstraints"], "namespaceSelector": cel.GROUP_NAMESPACES}
        yield Manifest("MutatingPolicy", _NAME, "", asked, {"spec": spec})


# Kyverno would also write into the templates of Deployments and Jobs, and every engine would see a difference there
_KYVERNO = {
    "autogen": {"podControllers": {"controllers": ["none"]}},
    "evaluation": {"background": {"enabled": False}},
}


def _rules(site: Site) -> dict[str, Any]:
    tainted = pools.tainted(site)
    variables = [*pools.variables(site), cel.variable("chosen", _CHOSEN)]
    expressions = [_SELECT]
    if tainted:
        variables.append(cel.variable("missing", _MISSING))
        expressions.append(_TOLERATE)
    expressions += linux_identity.mutations(site)
    return {
        "matchConstraints": cel.resource_rule(["pods"], ["CREATE"]),
        "variables": variables,
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": text}} for text in expressions],
    }
