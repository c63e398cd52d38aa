"""What holds for the whole cluster: its version and additions, its priorities, how logins reach it, the compiler's own jobs."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from cubec.adopt import own
from cubec.adopt.observed import Object, Observed, labels, name, ours
from cubec.adopt.residue import Residue
from cubec.model.quantity import QuantityError, parse
from cubec.model.roles import installed

Spec = dict[str, Any]

_BY_GROUP = {
    "bitnami.com": "sealed-secrets",
    "external-secrets.io": "external-secrets",
    "kyverno.io": "kyverno",
    "policies.kyverno.io": "kyverno",
}
_QUEUES = "kueue"
_OLD_MPI = "mpijobs.kubeflow.org/v1alpha1"
_OLDEST, _NEWEST = 30, 37
_NO_ISSUER = "https://issuer.invalid"


def capabilities(seen: Observed) -> list[str]:
    """What is installed: where the compiler's own role names kinds of work, those that it names, or else those served."""
    made = next((item for item in seen.all("ClusterRole") if name(item) == "cubec:developer" and ours(item)), None)
    viewed = next((item for item in seen.all("ClusterRole") if name(item) == "cubec:viewer" and ours(item)), None)
    creates = frozenset(_kinds(made, "create")) if made else None
    kinds: dict[str, list[str]] = {}
    for kind, owners in installed().items():
        for owner in owners:
            kinds.setdefault(owner, []).append(kind)
    found = set()
    for capability, wanted in kinds.items():
        worked = creates if creates is not None else seen.served
        seen_too = worked | frozenset(_kinds(viewed, "list")) if viewed else worked
        if capability != _QUEUES and set(wanted) <= seen_too and not worked.isdisjoint(wanted):
            found.add(capability)
    if "kubeflow-training" in found and _OLD_MPI not in seen.served:
        found.discard("kubeflow-mpi-v1alpha1")  # the same kind, in a version that is not there
    groups = {kind.partition(".")[2] for kind in seen.served}
    found |= {capability for group, capability in _BY_GROUP.items() if group in groups}
    queued = any(seen.within("LocalQueue", name(item)) for item in seen.namespaces)
    if queued if viewed is None else "localqueues.kueue.x-k8s.io" in _kinds(viewed, "list"):
        found.add(_QUEUES)
    return sorted(found)


def _kinds(role: Object | None, verb: str) -> list[str]:
    rules = (role or {}).get("rules") or ()
    return [
        f"{resource}.{group}"
        for rule in rules
        if verb in rule["verbs"]
        for group in rule.get("apiGroups") or ()
        for resource in rule.get("resources") or ()
        if group
    ]


def cluster(seen: Observed, residue: Residue, *, called: str, prefix: str, server: str) -> Spec:
    major, _, minor = seen.version.partition(".")
    fitting = max(_OLDEST, min(int(minor) if minor.isdecimal() else _NEWEST, _NEWEST))
    if not server.startswith("https://") or "@" in server:
        residue.invent("Cluster", called, "the kubeconfig's address is not one to hand out", "server")
        server = f"https://{called}.invalid"
    spec: Spec = {"kubernetes": f"{major}.{fitting}", "server": server, "delivery": own.delivery(seen)}
    if f"{major}.{fitting}" != seen.version:
        residue.invent("Cluster", called, f"the cluster is {seen.version}", "kubernetes")
    if prefix:
        spec["identity"] = {
            "mode": "oidc",
            "issuer": _NO_ISSUER,
            "clientID": "kubernetes",
            "usernameClaim": "preferred_username",
            "usernamePrefix": prefix,
            "groupsClaim": "groups",
            "groupsPrefix": prefix,
        }
        residue.invent("Cluster", called, "only the API server's configuration says who issues tokens", "identity")
    else:
        spec["identity"] = {"mode": "serviceaccount"}
    found = capabilities(seen)
    if found:
        spec["capabilities"] = found
    if "cube-studio" in own.profiles(seen):
        spec["control"] = True
        residue.invent("Cluster", called, "cube-studio's console runs on one cluster: say on which", "control")
    return spec


def priorities(seen: Observed) -> list[Spec]:
    return [
        {
            "name": name(item),
            "value": item["value"],
            **({"default": True} if item.get("globalDefault") else {}),
            **({"preemption": "lower"} if item.get("preemptionPolicy", "PreemptLowerPriority") != "Never" else {}),
        }
        for item in sorted(seen.all("PriorityClass"), key=lambda item: (item["value"], name(item)))
        if not name(item).startswith("system-")
    ]


def containers(seen: Observed, residue: Residue) -> Spec:
    """What containers get that ask for nothing: as in most namespaces; the others are told apart."""
    told: list[tuple[Object, Spec]] = []
    for item in seen.namespaces:
        for limits in seen.within("LimitRange", name(item)):
            found: Spec = {}
            for limit in limits["spec"].get("limits") or ():
                if limit["type"] == "Container":
                    found |= {"requests": _pair(limit.get("defaultRequest")), "limits": _pair(limit.get("default"))}
            told.append((limits, {side: pair for side, pair in found.items() if pair}))
            if name(limits) != "defaults":
                residue.replaced(
                    limits, "LimitRange", 'the documents make a LimitRange "defaults": delete this one afterwards'
                )
    if not told:
        return {}
    most = json.loads(Counter(json.dumps(spec, sort_keys=True) for _, spec in told).most_common(1)[0][0])
    for limits, spec in told:
        if spec != most:
            residue.left(
                limits, "LimitRange", "other namespaces have other defaults, and there is one for all", "spec.limits"
            )
    return dict(most)


def _pair(amounts: Mapping[str, str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for resource in ("cpu", "memory"):
        try:
            found |= {resource: str(parse((amounts or {})[resource]))} if resource in (amounts or {}) else {}
        except QuantityError:
            continue
    return found


def pod_security(item: Object, residue: Residue) -> str:
    """The level that a namespace enforces; a document's is never less than baseline."""
    level = labels(item).get("pod-security.kubernetes.io/enforce", "privileged")
    if level == "privileged":
        why = "nothing is enforced there: the documents enforce baseline, and pods that need more are refused"
        residue.change(item, "Namespace", why, "metadata.labels[pod-security.kubernetes.io/enforce]")
        return "baseline"
    return level


def namespace_labels(seen: Observed, residue: Residue) -> dict[str, str]:
    """Labels that every group's namespace has; what only some of them have cannot be said."""
    kept = [{key: value for key, value in labels(item).items() if not _is_known(key)} for item in seen.namespaces]
    everywhere = dict(kept[0].items()) if kept else {}
    for found in kept:
        everywhere = {key: value for key, value in everywhere.items() if found.get(key) == value}
    for item, found in zip(seen.namespaces, kept, strict=True):
        for key in found.keys() - everywhere.keys():
            residue.left(
                item,
                "Namespace",
                "other namespaces have no such label, and there is one set for all",
                f"metadata.labels[{key}]",
            )
    return dict(sorted(everywhere.items()))


def _is_known(key: str) -> bool:
    prefix = key.partition("/")[0] if "/" in key else ""
    return prefix.endswith(("kubernetes.io", "k8s.io", "cubec.io"))
