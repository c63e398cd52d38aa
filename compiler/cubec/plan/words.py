"""Rights in the words of somebody who never saw Kubernetes: ``reads jobs, pods, logs; creates, changes and deletes jobs``."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from cubec.model.phrase import joined
from cubec.plan.rights import Rights

_FEW = 6  # kinds that a sentence lists before it counts
_NOTHING = "nothing more"

# Kinds by API group, in the order in which a person asks about them. What is not here is called as Kubernetes calls it.
_KINDS: Mapping[tuple[str, str], str] = {
    ("batch", "jobs"): "jobs",
    ("", "pods"): "pods",
    ("", "pods/log"): "logs",
    ("", "persistentvolumeclaims"): "claims",
    ("", "secrets"): "secrets",
    ("", "serviceaccounts/token"): "tokens",
    ("", "nodes"): "nodes",
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
    ("argoproj.io", "workflows"): "workflows",
    ("argoproj.io", "workflowtemplates"): "workflow templates",
    ("kubeflow.org", "notebooks"): "notebooks",
    ("", "pods/status"): "the state of pods",
    ("", "namespaces"): "the namespace",
    ("", "persistentvolumes"): "volumes",
    ("", "serviceaccounts"): "accounts",
    ("", "*"): "everything of Kubernetes' own",
    ("*", "*"): "everything",
}
_RANK = {name: number for number, name in enumerate(dict.fromkeys(_KINDS.values()))}
_ENTRIES = frozenset({"pods/attach", "pods/exec", "pods/portforward", "pods/ephemeralcontainers"})
_ENTERING = "enters pods"

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


@lru_cache(maxsize=4096)
def words(rights: Rights) -> str:
    """One sentence about all of the rights, cut where it would get long."""
    verbs: dict[str, set[str]] = {}
    for right in rights:
        verbs.setdefault(_noun(right.api_group, right.resource, right.name), set()).add(right.verb)
    nouns: dict[str, list[str]] = {}  # what is done, to the kinds that it is done to
    for noun in sorted(verbs, key=lambda item: (_RANK.get(item, len(_RANK)), item)):
        for deed in _deeds(noun, verbs[noun]):
            nouns.setdefault(deed, []).append(noun)
    parts: dict[tuple[str, ...], list[str]] = {}  # deeds that are done to the same kinds are said together
    for deed in sorted(nouns, key=_deed_rank):
        parts.setdefault(tuple(nouns[deed]), []).append(deed)
    return "; ".join(_part(deeds, kinds) for kinds, deeds in parts.items()) or _NOTHING


def _noun(api_group: str, resource: str, name: str) -> str:
    if not api_group and resource in _ENTRIES:
        return ""  # of which there is one thing to say
    found = _KINDS.get((api_group, resource)) or (f"{resource}.{api_group}" if api_group else resource)
    return f'{found} "{name}"' if name else found


def _deeds(noun: str, verbs: Iterable[str]) -> list[str]:
    if not noun:
        return [_ENTERING]
    left, found = set(verbs), []
    if noun == "logs":
        left |= {"list"} if "get" in left else set()  # there is nothing to list
    for needed, deed in _DOES:
        if needed <= left:
            found.append(deed)
            left -= needed
            left -= {"watch"} if deed in {"reads", "lists"} else set()
    return list(dict.fromkeys([*found, *(f"may {verb}" for verb in sorted(left))]))


def _deed_rank(deed: str) -> tuple[int, str]:
    known = [name for _, name in _DOES]
    return (known.index(deed) if deed in known else len(known)), deed


def _part(deeds: list[str], kinds: tuple[str, ...]) -> str:
    if kinds == ("",):
        return deeds[0]
    shown, more = kinds[:_FEW], len(kinds) - _FEW
    if more == 1:
        shown, more = kinds, 0
    listed = f"{', '.join(shown)} and {more} more kinds" if more > 0 else ", ".join(shown)
    return f"{joined(deeds)} {listed}"
