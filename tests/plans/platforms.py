"""Small random platforms, and random things that somebody does to one, as plain documents."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

TODAY = "2026-11-22"
DAYS = ("2026-11-21", TODAY, "2026-12-31")
USERS = ("ann", "bob", "cat", "dan")
NAMES = ("red", "blue", "green", "grey")
VOLUMES = ("data", "models", "scratch")
SERVERS = ("nas-1", "nas-2")
CLUSTERS = {"ack": "argocd", "dev": "flux"}

Documents = dict[tuple[str, str], dict[str, Any]]


def document(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "cubec.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def fixed() -> Documents:
    found = [document("Platform", "research", {})]
    for name, engine in CLUSTERS.items():
        delivery = {"engine": engine, "repository": "https://git.example.com/p.git"}
        spec = {"kubernetes": "1.36", "server": f"https://{name}.example.com", "delivery": delivery}
        found.append(document("Cluster", name, spec))
        pool = {"cluster": name, "nodes": {"names": [f"{name}-1"]}, "capacity": {"cpu": 64, "memory": "512Gi"}}
        found.append(document("NodePool", f"{name}-pool", pool))
    found += [document("User", name, {"uid": 20001 + n}) for n, name in enumerate(USERS)]
    return {(item["kind"], item["metadata"]["name"]): item for item in found}


@st.composite
def groups(draw: st.DrawFn, gid: int) -> dict[str, Any]:
    spec: dict[str, Any] = {"gid": gid}
    spec["members"] = [
        {"user": user, "role": draw(st.sampled_from(("viewer", "developer", "owner")))}
        for user in draw(st.lists(st.sampled_from(USERS), unique=True, max_size=2))
    ]
    spec["placements"] = [
        {"cluster": cluster, "quota": draw(st.sampled_from(({}, {"pods": 0}, {"pods": 10}, {"cpu": 4})))}
        for cluster in draw(st.lists(st.sampled_from(tuple(CLUSTERS)), unique=True, min_size=1))
    ]
    spec["volumes"] = [{"volume": name} for name in draw(st.lists(st.sampled_from(VOLUMES), unique=True))]
    spec |= draw(states)
    return spec


states = st.sampled_from(
    (
        {},
        {},
        {"state": "suspended"},
        *({"state": "decommissioned", "until": day, "reason": "over"} for day in DAYS),
    )
)
migrations = st.sampled_from(({}, {}, *({"migration": {"until": day, "reason": "move"}} for day in DAYS[1:])))


@st.composite
def volumes(draw: st.DrawFn, name: str) -> dict[str, Any]:
    source = draw(
        st.sampled_from(
            (
                *({"nfs": {"server": server, "path": f"/{name}"}} for server in SERVERS),
                *({"storageClass": kind} for kind in ("fast", "slow")),
            )
        )
    )
    return {"capacity": "1Ti", "source": source, **draw(migrations)}


@st.composite
def platforms(draw: st.DrawFn) -> Documents:
    found = fixed()
    for name in draw(st.lists(st.sampled_from(VOLUMES), unique=True)):
        found["Volume", name] = document("Volume", name, draw(volumes(name)))
    for n, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))):
        found["Group", name] = document("Group", name, draw(groups(10001 + n)))
    return tidied(found)


def tidied(found: Documents) -> Documents:
    """Without references that lead nowhere, as a tree must be that passed its checks: grants and uses agree."""
    for (kind, _), item in found.items():
        if kind == "Group":
            spec = item["spec"]
            spec["members"] = [member for member in spec["members"] if ("User", member["user"]) in found]
            spec["placements"] = [one for one in spec["placements"] if ("Cluster", one["cluster"]) in found]
            spec["volumes"] = [use for use in spec["volumes"] if ("Volume", use["volume"]) in found]
    for (kind, name), item in found.items():
        if kind == "Volume":
            users = [
                other
                for (one, other), owner in found.items()
                if one == "Group" and {"volume": name} in owner["spec"]["volumes"]
            ]
            if "storageClass" in item["spec"]["source"]:
                for other in users[1:]:
                    found["Group", other]["spec"]["volumes"].remove({"volume": name})
                users = users[:1]
            item["spec"]["grants"] = [{"group": other} for other in users]
    return found


@st.composite
def edited(draw: st.DrawFn, before: Documents) -> Documents:
    """What somebody may do, by accident or on purpose."""
    after = copy.deepcopy(before)
    for _ in range(draw(st.integers(1, 5))):
        kind, name = draw(st.sampled_from(sorted(key for key in after if key[0] in {"Group", "User", "Volume"})))
        if kind == "Group":
            draw(_group_edits(after, name))
        elif kind == "Volume" and draw(st.booleans()):
            after[kind, name]["spec"] = draw(volumes(name))
        else:
            del after[kind, name]
    return tidied(after)


@st.composite
def _group_edits(draw: st.DrawFn, after: Documents, name: str) -> None:
    item, new = after["Group", name], draw(st.sampled_from(("cyan", "pink")))
    spec = item["spec"]
    match draw(
        st.sampled_from(("remove", "rename", "rename marked", "state", "place", "namespaces", "volumes", "new"))
    ):
        case "remove":
            del after["Group", name]
        case "rename" if ("Group", new) not in after:
            del after["Group", name]
            after["Group", new] = document("Group", new, spec)
        case "rename marked" if ("Group", new) not in after and name not in spec.get("previously", ()):
            del after["Group", name]
            marked = {**spec, "previously": [*spec.get("previously", ()), name]}
            after["Group", new] = document("Group", new, marked)
        case "state":
            for key in ("state", "until", "reason"):
                spec.pop(key, None)
            spec |= draw(states)
        case "place":
            spec["placements"] = draw(groups(1))["placements"]
        case "namespaces":
            spec["namespaces"] = [{"name": draw(st.sampled_from((name, f"{name}-work", "shared-work")))}]
        case "volumes":
            spec["volumes"] = [{"volume": one} for one in draw(st.lists(st.sampled_from(VOLUMES), unique=True))]
        case _ if ("Group", new) not in after:
            after["Group", new] = document("Group", new, draw(groups(draw(st.sampled_from((10050, spec["gid"]))))))
        case _:
            pass


@st.composite
def enlarged(draw: st.DrawFn, before: Documents) -> Documents:
    """Only ever more: documents, members, placements, volumes of groups, grants."""
    after = copy.deepcopy(before)
    for n, user in enumerate(draw(st.lists(st.sampled_from(("eve", "fay")), unique=True))):
        after["User", user] = document("User", user, {"uid": 20101 + n})
    for name in draw(st.lists(st.sampled_from(VOLUMES), unique=True)):
        after.setdefault(("Volume", name), document("Volume", name, draw(volumes(name))))
    for n, name in enumerate(draw(st.lists(st.sampled_from(("cyan", "pink")), unique=True))):
        after["Group", name] = document("Group", name, draw(groups(10101 + n)))
    for kind, name in sorted(before):
        if kind == "Group":
            draw(_more(after[kind, name]["spec"], dynamic(after)))
    return tidied(after)


def dynamic(found: Documents) -> set[str]:
    return {
        name for (kind, name), item in found.items() if kind == "Volume" and "storageClass" in item["spec"]["source"]
    }


@st.composite
def _more(draw: st.DrawFn, spec: dict[str, Any], alone: set[str]) -> None:
    known = {member["user"] for member in spec["members"]}
    for user in draw(st.lists(st.sampled_from(USERS), unique=True)):
        if user not in known:
            spec["members"].append({"user": user, "role": "viewer"})
    placed = {item["cluster"] for item in spec["placements"]}
    for cluster in draw(st.lists(st.sampled_from(tuple(CLUSTERS)), unique=True)):
        if cluster not in placed:
            spec["placements"].append({"cluster": cluster, "quota": {}})
    for name in draw(st.lists(st.sampled_from(VOLUMES), unique=True)):
        if {"volume": name} not in spec["volumes"] and name not in alone:
            spec["volumes"].append({"volume": name})


def files(found: Documents) -> dict[str, bytes]:
    """JSON is YAML, too."""
    kinds = {"apiVersion": "cubec.io/v1", "kind": "List", "items": list(found.values())}
    return {"tenants/all.yaml": json.dumps(kinds, indent=1).encode()}
