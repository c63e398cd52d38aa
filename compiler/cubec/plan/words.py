"""Rights in the words of somebody who never saw Kubernetes: ``reads jobs, pods, logs; creates, changes and deletes jobs``."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from cubec.model.phrase import joined
from cubec.plan.rights import Right, Rights

_FEW = 4  # kinds that a sentence lists before it counts
_NOTHING = "nothing more"

# Kinds by API group, in the order in which a person asks about them, the most telling ones first, so that they are never cut.
# What is not here is called as Kubernetes calls it.
_KINDS: Mapping[tuple[str, str], str] = {
    ("*", "*"): "everything",
    ("", "*"): "everything of Kubernetes' own",
    ("", "secrets"): "secrets",
    ("", "serviceaccounts/token"): "tokens",
    ("", "nodes"): "nodes",
    ("batch", "jobs"): "jobs",
    ("", "pods"): "pods",
    ("", "pods/log"): "logs",
    ("", "persistentvolumeclaims"): "claims",
    ("", "services"): "services",
    ("", "configmaps"): "config maps",
    ("", "events"): "events",
    ("events.k8s.io", "events"): "events",
    ("apps", "deployments"): "deployments",
    ("apps", "deployments/scale"): "the size of deployments",
    ("", "resourcequotas"): "quotas",
    ("", "limitranges"): "limits",
    ("kueue.x-k8s.io", "localqueues"): "queues",
    ("kueue.x-k8s.io", "workloads"): "queued work",
    ("batch", "cronjobs"): "cron jobs",
    ("", "podtemplates"): "pod templates",
    ("", "pods/status"): "the state of pods",
    ("", "namespaces"): "namespaces",
    ("", "persistentvolumes"): "volumes",
    ("", "serviceaccounts"): "accounts",
    ("rbac.authorization.k8s.io", "roles"): "roles",
    ("rbac.authorization.k8s.io", "rolebindings"): "role bindings",
    ("rbac.authorization.k8s.io", "clusterroles"): "cluster roles",
    ("rbac.authorization.k8s.io", "clusterrolebindings"): "cluster role bindings",
}
_RANK = {name: number for number, name in enumerate(dict.fromkeys(_KINDS.values()))}
_OWN = frozenset(resource for _, resource in _KINDS)  # names that another group's kind must not be mistaken for
_ENTRIES = frozenset({"pods/attach", "pods/exec", "pods/portforward", "pods/ephemeralcontainers"})
_ENTERING = "enters pods"
_PARTS = ("/scale", "/status")  # nobody asks about them beside the thing itself

# What somebody does who has these verbs; the first that fits takes its verbs away.
_DOES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"*"}), "does everything with"),
    (frozenset({"get", "list"}), "reads"),
    (frozenset({"list"}), "lists"),
    (frozenset({"get"}), "looks up"),
    (frozenset({"watch"}), "watches"),
    (frozenset({"create"}), "creates"),
    (frozenset({"update"}), "changes"),
    (frozenset({"patch"}), "changes"),
    (frozenset({"delete"}), "deletes"),
    (frozenset({"deletecollection"}), "deletes all"),
    (frozenset({"bind"}), "binds"),
    (frozenset({"escalate"}), "widens"),
    (frozenset({"impersonate"}), "acts as"),
)
_DEEDS = tuple(dict.fromkeys(deed for _, deed in _DOES))


@lru_cache(maxsize=4096)
def words(rights: Rights) -> str:
    """One sentence about all of the rights, cut where it would get long."""
    verbs: dict[str, set[str]] = {}
    for noun, right in _named(list(_worth_saying(rights))):
        verbs.setdefault(noun, set()).add(right.verb)
    nouns: dict[str, list[str]] = {}  # what is done, to the kinds that it is done to
    for noun in sorted(verbs, key=lambda item: (_RANK.get(item, len(_RANK)), item)):
        for deed in _deeds(noun, verbs[noun]):
            nouns.setdefault(deed, []).append(noun)
    parts: dict[tuple[str, ...], list[str]] = {}  # deeds that are done to the same kinds are said together
    for deed in sorted(nouns, key=_deed_rank):
        parts.setdefault(tuple(nouns[deed]), []).append(deed)
    return "; ".join(_part(deeds, kinds) for kinds, deeds in parts.items()) or _NOTHING


def _worth_saying(rights: Rights) -> Iterator[Right]:
    """All but what goes without saying beside the rest: parts of a thing, and that the own namespace is seen."""
    kinds = {(right.api_group, right.resource) for right in rights}
    seen = {right.verb for right in rights if (right.api_group, right.resource) == ("", "namespaces")}
    for right in rights:
        whole = right.resource.removesuffix(_PARTS[0]).removesuffix(_PARTS[1])
        part = whole != right.resource and (right.api_group, whole) in kinds
        own = right[1:3] == ("", "namespaces") and seen == {"get"} and len(kinds) > 1
        if not part and not own:
            yield right


def _named(rights: list[Right]) -> Iterator[tuple[str, Right]]:
    """Each right with what it is about; of many objects of one kind only how many."""
    names: dict[tuple[str, str], set[str]] = {}
    for right in rights:
        names.setdefault((right.api_group, right.resource), set()).add(right.name)
    for right in rights:
        of_kind = names[right.api_group, right.resource] - {""}
        kind = _noun(right.api_group, right.resource)
        if not right.name:
            yield kind, right
        elif len(of_kind) == 1:
            yield f'{kind} "{right.name}"', right
        else:
            yield f"{len(of_kind)} {kind} by name", right


def _noun(api_group: str, resource: str) -> str:
    if not api_group and resource in _ENTRIES:
        return ""  # of which there is one thing to say
    found = _KINDS.get((api_group, resource))
    return found or (f"{resource}.{api_group}" if api_group and resource in _OWN else resource)


def _deeds(noun: str, verbs: Iterable[str]) -> list[str]:
    if not noun:
        return [_ENTERING]
    left, found = set(verbs), []
    if noun == "logs" and "get" in left:
        left.add("list")  # there is nothing to list
    for needed, deed in _DOES:
        if needed <= left:
            found.append(deed)
            left -= needed
            left -= {"watch"} if deed in {"reads", "lists"} else set()
    return list(dict.fromkeys([*found, *(f"may {verb}" for verb in sorted(left))]))


def _deed_rank(deed: str) -> tuple[int, str]:
    return (_DEEDS.index(deed) if deed in _DEEDS else len(_DEEDS)), deed


def _part(deeds: list[str], kinds: tuple[str, ...]) -> str:
    if kinds == ("",):
        return deeds[0]
    more = len(kinds) - _FEW
    listed = f"{', '.join(kinds[:_FEW])} and {more} more kinds" if more > 1 else ", ".join(kinds)
    return f"{joined(deeds)} {listed}"
