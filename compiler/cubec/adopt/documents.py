"""Everything observed to one set of documents, and the repairs that make of it one that compiles.

A document that the checks refuse is taken out, with all that names it, and goes to the list of what was left, in the words
of the check: so a set either compiles or is not written at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec import yaml_text
from cubec.adopt import own as made_before
from cubec.adopt import site
from cubec.adopt.groups import groups
from cubec.adopt.network import network
from cubec.adopt.observed import Observed
from cubec.adopt.people import People
from cubec.adopt.pools import Pool, pools
from cubec.adopt.registries import registries
from cubec.adopt.residue import Residue
from cubec.adopt.rights import Roles
from cubec.adopt.storage import storage
from cubec.diagnostics import Diagnostic, Severity

Spec = dict[str, Any]
Files = Mapping[str, bytes]
Judge = Callable[[Files], Sequence[Diagnostic]]

_FOLDERS = {
    "Cluster": "clusters",
    "Group": "groups",
    "NodePool": "pools",
    "Registry": "registries",
    "User": "users",
    "Volume": "volumes",
}
_PLATFORM = "tenants/platform.yaml"
_NO_DELIVERY = {"engine": "none"}
_OVERLAP = "path-overlap"
_MOST = 100  # rounds of repairs


@dataclass(frozen=True, slots=True)
class Draft:
    """The documents: the platform's spec, and the others by kind and name."""

    platform: str
    spec: Spec
    others: dict[tuple[str, str], Spec]


class UnfitError(Exception):
    """No set of documents came out that compiles; ``diagnostics`` say why."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("the documents would not compile")


def documents(seen: Observed, residue: Residue, *, platform: str, cluster: str, server: str) -> Draft:
    """Everything that documents can say."""
    accounts, system = made_before.own_namespaces(seen)
    made = pools(seen, cluster, residue)
    roles = Roles(seen, residue)
    people = People(seen, accounts, roles, residue)
    kept = storage(seen, cluster, system, residue)
    traffic = network(seen, residue)
    logins = registries(seen, system, residue)
    own = groups(seen, cluster, pools=made, people=people, storage=kept, network=traffic, residue=residue)
    spec: Spec = {
        "identityNamespace": accounts,
        "systemNamespace": system,
        "namespaceLabels": site.namespace_labels(seen, residue),
        "defaults": {"container": site.containers(seen, residue), "network": traffic.mode},
        "linuxIdentity": made_before.linux_identity(seen),
        "priorities": site.priorities(seen),
        "roles": roles.specs,
        "hostPathAllow": list(kept.host_paths),
        "profiles": made_before.profiles(seen),
        "upkeep": made_before.upkeep(seen, system, residue),
    }
    spec["defaults"] = {key: value for key, value in spec["defaults"].items() if value}
    place = site.cluster(seen, residue, called=cluster, prefix=people.prefix if people.oidc else "", server=server)
    place |= {"ingressNamespaces": list(traffic.reaching)} if traffic.reaching else {}
    place |= {"secrets": logins.mode} if logins.mode else {}
    others = {("Cluster", cluster): place}
    others |= {("NodePool", pool.name): pool.spec for pool in _promised(made, own, residue)}
    others |= {("Volume", called): volume for called, volume in kept.volumes.items()}
    others |= {("Registry", called): registry for called, registry in logins.specs.items()}
    others |= {("User", called): user for called, user in people.users.items()}
    others |= {("Group", called): group for called, group in own.items()}
    return Draft(platform, {key: value for key, value in spec.items() if value}, others)


def _promised(made: Sequence[Pool], own: Mapping[str, Spec], residue: Residue) -> Iterator[Pool]:
    """Pools whose cards are promised more than once say so: the quotas are there already."""
    for model in dict.fromkeys(pool.model for pool in made):
        alike = [pool for pool in made if pool.model == model]
        promised = sum(_cards(group, model, made) for group in own.values())
        there = sum(pool.cards for pool in alike)
        for pool in alike:
            if model and promised > there:
                share = -(-100 * promised // there)
                pool.spec["overcommit"] = {"gpu": f"{share}%"}
                why = f"{promised} cards are promised to groups, and there are {there}"
                residue.invent("NodePool", pool.name, why, "overcommit.gpu")
            yield pool


def _cards(group: Spec, model: str, made: Sequence[Pool]) -> int:
    """How many cards of a model a group is promised; a number alone is of the one model that its pools have."""
    placement = group["placements"][0]
    gpu = placement.get("quota", {}).get("gpu", 0)
    only = next((pool.model for pool in made if pool.model and pool.name in placement.get("pools", [pool.name])), "")
    found = 0
    for item in gpu if isinstance(gpu, list) else [gpu]:
        count, _, told = str(item).rstrip(")").partition("(")
        found += int(count) if (told or only) == model else 0
    return found


def files(draft: Draft) -> dict[str, bytes]:
    """Each document in a file of its own, below ``tenants/``."""
    written = {_PLATFORM: _written("Platform", draft.platform, draft.spec, "../schemas")}
    for (kind, called), spec in sorted(draft.others.items()):
        written[_path(kind, called)] = _written(kind, called, spec, "../../schemas")
    return written


def _path(kind: str, called: str) -> str:
    return f"tenants/{_FOLDERS[kind]}/{called}.yaml"


def _written(kind: str, called: str, spec: Spec, schemas: str) -> bytes:
    head = f"# yaml-language-server: $schema={schemas}/cubec.io_v1.json\n"
    document = {"apiVersion": "cubec.io/v1", "kind": kind, "metadata": {"name": called}, "spec": spec}
    return (head + yaml_text.document(document)).encode()


def repaired(draft: Draft, judge: Judge, residue: Residue) -> Draft:
    """A set that the checks let through, or UnfitError."""
    draft = _of_platform(draft, judge, residue)
    errors: list[Diagnostic] = []
    for _ in range(_MOST):
        errors = [item for item in judge(files(draft)) if item.severity is Severity.ERROR]
        if not errors:
            return draft
        if overlaps := [item for item in errors if item.code == _OVERLAP]:
            draft = _sharing(draft, overlaps, residue)
            continue
        refused = {item.position.path: item for item in reversed(errors)}
        gone = [key for key in draft.others if _path(*key) in refused and key[0] != "Cluster"]
        if not gone and draft.others[_cluster(draft)]["delivery"] != _NO_DELIVERY:
            draft.others[_cluster(draft)]["delivery"] = _NO_DELIVERY
            residue.invent(
                *_cluster(draft), f"no engine was written: {errors[0].message} ({errors[0].code})", "delivery"
            )
            continue
        if not gone:
            raise UnfitError(errors)
        # the kinds that others refer to first: what is wrong with a group may be gone with its volume
        kind, called = min(gone, key=lambda key: (key[0] == "Group", key))
        why = refused[_path(kind, called)]
        residue.invent(kind, called, f"it was left out: {why.message} ({why.code})")
        draft = _without(draft, kind, called)
    raise UnfitError(errors)


def _cluster(draft: Draft) -> tuple[str, str]:
    return next(key for key in draft.others if key[0] == "Cluster")


def _sharing(draft: Draft, overlaps: Sequence[Diagnostic], residue: Residue) -> Draft:
    """Volumes whose folders lie inside each other do so already: each of their documents says so."""
    others = dict(draft.others)
    names = {_path(*key): key for key in others}
    for item in overlaps:
        keys = [names[item.position.path], *(names[note.position.path] for note in item.related)]
        told = [others[key].get("shareOf") for key in keys]
        share = next((one for one in reversed(told) if one), keys[-1][1])
        for key in keys:
            others[key] = others[key] | {"shareOf": share}
        residue.invent("Volume", keys[0][1], item.message, "shareOf")
    return Draft(draft.platform, draft.spec, others)


def _of_platform(draft: Draft, judge: Judge, residue: Residue) -> Draft:
    """Each field, and each entry of a list, must pass alone: what does not is left out."""
    spec: Spec = {}
    for field, value in draft.spec.items():
        if isinstance(value, list):
            kept = [item for item in value if _passes(draft, field, [item], judge, residue)]
            if kept:
                spec[field] = kept
        elif _passes(draft, field, value, judge, residue):
            spec[field] = value
    left = Draft(draft.platform, spec, draft.others)
    kept_roles = {role["name"] for role in spec.get("roles", ())}
    for role in draft.spec.get("roles", ()):
        if role["name"] not in kept_roles:
            left = _without(left, "Role", role["name"])
    return left


def _passes(draft: Draft, field: str, value: Any, judge: Judge, residue: Residue) -> bool:
    clusters = {key: spec for key, spec in draft.others.items() if key[0] == "Cluster"}
    alone = files(Draft(draft.platform, {field: value}, clusters))
    platform = (item for item in judge(alone) if item.position.path == _PLATFORM)
    error = next((item for item in platform if item.severity is Severity.ERROR), None)
    if error:
        what = value[0].get("name", "") if isinstance(value, list) and isinstance(value[0], dict) else ""
        residue.invent(
            "Platform", draft.platform, f"{what} was left out: {error.message} ({error.code})".lstrip(), field
        )
    return error is None


def _without(draft: Draft, kind: str, called: str) -> Draft:
    """The set without one document, and without whatever names it."""
    others = {key: _forget(spec, kind, called) for key, spec in draft.others.items() if key != (kind, called)}
    return Draft(draft.platform, draft.spec, others)


_NAMED: Mapping[str, tuple[tuple[str, str], ...]] = {  # lists that name a document of a kind, and the entries' field
    "Group": (("grants", "group"), ("groups", "")),
    "NodePool": (("pools", ""),),
    "Role": (("members", "role"),),
    "User": (("members", "user"),),
    "Volume": (("volumes", "volume"),),
}


def _forget(spec: Spec, kind: str, called: str) -> Spec:
    found: Spec = {}
    for field, value in spec.items():
        entry = next((by for key, by in _NAMED.get(kind, ()) if key == field), None)
        if entry is not None:
            kept = [item for item in value if (item.get(entry) if isinstance(item, dict) else item) != called]
            if kept:
                found[field] = kept
        elif field == "placements":
            found[field] = [_forget(item, kind, called) for item in value]
        else:
            found[field] = value
    return found
