"""Taints of a node: ours beside those of others, in the one list that a node has."""

from collections.abc import Iterator, Mapping
from typing import Any

from cubec.cluster import Object, path
from cubec.upkeep.plan import Action
from cubec.upkeep.pools import Pool, Taint, kubernetes_own

RECORD = "cubec.io/taints"
"""The annotation with the taints that we set, as ``key:effect``, which is what tells taints apart."""


def ours(node: Object) -> frozenset[str]:
    """What we set, as far as it may be ours: an annotation can be forged, and others' taints are not removed for that."""
    text = (node["metadata"].get("annotations") or {}).get(RECORD, "")
    return frozenset(name for name in text.split(",") if ":" in name and not kubernetes_own(name))


def actions(node: Object, pool: Pool) -> Iterator[tuple[Action, bool]]:
    """The request that makes our taints those of the pool, if it takes one, and whether it removes any.

    A taint that was there before, with the value that we want, stays somebody else's: it outlives our pool.
    """
    live = {_name(taint): taint for taint in (node.get("spec") or {}).get("taints") or ()}
    before, wanted = ours(node), {f"{taint.key}:{taint.effect}": taint for taint in pool.taints}
    gone = sorted(before - wanted.keys())
    kept = {name: taint for name, taint in live.items() if name not in gone}
    record, words = set(before & wanted.keys()), [f"no longer {name}" for name in gone]
    for name, taint in wanted.items():
        if name not in live or live[name].get("value", "") != taint.value:
            kept[name] = _written(taint)
            record.add(name)
            words.append(f"{taint.key}={taint.value}:{taint.effect}{_before(live.get(name))}")
    if words:
        name = node["metadata"]["name"]
        where = path("v1", "nodes", "", name)
        yield (
            Action("patch", where, f"node {name}", f"taints: {', '.join(words)}", _body(node, kept, record)),
            bool(gone),
        )


def _name(taint: Mapping[str, Any]) -> str:
    return f"{taint['key']}:{taint['effect']}"


def _written(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}


def _before(taint: Mapping[str, Any] | None) -> str:
    return "" if taint is None else f" (was {taint.get('value', '')!r})"


def _body(node: Object, taints: Mapping[str, Mapping[str, Any]], record: set[str]) -> dict[str, Any]:
    metadata = node["metadata"]
    return {
        "metadata": {
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
            "annotations": {RECORD: ",".join(sorted(record)) or None},
        },
        "spec": {"taints": list(taints.values()) or None},
    }
