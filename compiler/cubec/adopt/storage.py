"""Claims and the volumes behind them to Volume documents: one for each source, granted to every group that has a claim on it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cubec.adopt.naming import Names, shared
from cubec.adopt.observed import Object, Observed, annotations, name, namespace, ours
from cubec.adopt.pools import group_of
from cubec.adopt.residue import Residue, text
from cubec.model.quantity import QuantityError, parse
from cubec.model.volumes import ADDRESSED_DRIVERS

Spec = dict[str, Any]

_SOURCE = "cubec.io/source"
_PROVISIONED = "pv.kubernetes.io/provisioned-by"


@dataclass(frozen=True, slots=True)
class _Use:
    """One claim: in whose namespace, and how it is seen there."""

    group: str
    claim: str
    wish: str  # the volume's name, where the claim says it
    read_only: bool
    about: Spec
    item: Object


@dataclass(frozen=True, slots=True)
class Storage:
    """Volumes by name, the volumes that each group lists, and the paths on nodes that the platform has to allow."""

    volumes: Mapping[str, Spec]
    uses: Mapping[str, list[Spec]]
    host_paths: tuple[str, ...]


def storage(seen: Observed, cluster: str, system: str, residue: Residue) -> Storage:
    found: dict[str, list[tuple[Spec, _Use]]] = defaultdict(list)
    for item in seen.namespaces:
        for claim in seen.within("PersistentVolumeClaim", name(item)):
            said = _use(seen, claim, group_of(item), system, residue)
            if said is not None:
                found[_key(*said)].append(said)
    volumes: dict[str, Spec] = {}
    uses: dict[str, list[Spec]] = defaultdict(list)
    names = Names()
    for _, alike in sorted(found.items(), key=_order):
        spec, claims = alike[0][0], [one for _, one in alike]
        called = _name(names, claims)
        grants = {(use.group, use.claim, use.read_only): None for use in claims}
        spec["clusters"] = [cluster]
        spec = {**_about(called, claims, residue), **spec}
        spec["grants"] = [_grant(called, *grant) for grant in grants]
        volumes[called] = spec
        for group, own, _ in grants:
            uses[group].append({"volume": called, **({"claim": own} if own != called else {})})
    paths = {spec["source"]["hostPath"]["path"] for spec in volumes.values() if "hostPath" in spec["source"]}
    return Storage(dict(sorted(volumes.items())), uses, tuple(sorted(paths)))


def _key(spec: Spec, use: _Use) -> str:
    """What two claims must share to be claims on one volume; a class makes a volume of its own for each."""
    alone = [use.group, use.claim] if "storageClass" in spec["source"] else []
    return json.dumps([spec, *alone], sort_keys=True)


def _order(item: tuple[str, list[tuple[Spec, _Use]]]) -> tuple[str, ...]:
    first = item[1][0][1]
    return first.wish, first.claim, first.group, item[0]


def _name(names: Names, claims: list[_Use]) -> str:
    called = [use.claim for use in claims]
    wish = next((use.wish for use in claims if use.wish), "")
    alike = shared(called)
    return names.give(*[part for part in (wish, alike) if part] or [called[0]], f"{claims[0].group}-{called[0]}")


def _about(called: str, claims: list[_Use], residue: Residue) -> Spec:
    """Description and owner, which are the volume's: those of its first claim."""
    for use in claims:
        for field in use.about.keys() | claims[0].about.keys():
            if use.about.get(field) != claims[0].about.get(field):
                why = f"volume {called} has one {field} for all of its claims: that of the first"
                residue.left(use.item, "PersistentVolumeClaim", why, f"metadata.annotations.{field}")
    return claims[0].about


def _grant(called: str, group: str, claim: str, read_only: bool) -> Spec:
    return {
        "group": group,
        **({"access": "read-only"} if read_only else {}),
        **({"claim": claim} if claim != called else {}),
    }


def _use(seen: Observed, claim: Object, group: str, system: str, residue: Residue) -> tuple[Spec, _Use] | None:
    """A claim as the spec of a Volume without its grants, and its use; None where a document cannot say it."""
    held = claim["spec"]
    volume = seen.find("PersistentVolume", held.get("volumeName", ""))
    dynamic = bool(held.get("storageClassName")) and (volume is None or _PROVISIONED in annotations(volume))
    if volume is None and not dynamic:
        residue.left(claim, "PersistentVolumeClaim", "there is no volume behind it")
        return None
    source = {"storageClass": held["storageClassName"]} if dynamic else _source(volume or {}, system, residue)
    if source is None:
        residue.left(claim, "PersistentVolumeClaim", "no document can say what its volume is")
        return None
    size = held["resources"]["requests"]["storage"] if dynamic else (volume or claim)["spec"]["capacity"]["storage"]
    options = [] if dynamic else list((volume or claim)["spec"].get("mountOptions") or ())
    read_only = not dynamic and (_read_only(volume or {}) or "ro" in options)
    spec: Spec = {"capacity": _capacity(size), "source": source}
    modes = held["accessModes"]
    if not read_only and modes != ["ReadWriteMany"]:
        spec["accessModes"] = modes
    if kept := [option for option in options if option != "ro"]:
        spec["mountOptions"] = kept
    about = {field: _told(claim, field, residue) for field in ("description", "owner")}
    if volume is not None and not dynamic:
        _judge(claim, volume, residue)
    told = {field: words for field, words in about.items() if words}
    return spec, _Use(group, name(claim), _wish(claim), read_only, told, claim)


def _told(claim: Object, field: str, residue: Residue) -> str:
    def refused(why: str) -> None:
        residue.left(claim, "PersistentVolumeClaim", why, f"metadata.annotations.{field}")

    return text(annotations(claim).get(field), refused)


def _judge(claim: Object, volume: Object, residue: Residue) -> None:
    """What becomes of a claim that somebody made by hand: its volume has another name than ours would."""
    if ours(volume):
        return
    deleted = volume["spec"].get("persistentVolumeReclaimPolicy") != "Retain"
    first = "set its reclaim policy to Retain, or the data go with it; then " if deleted else ""
    why = (
        f"claim {namespace(claim)}/{name(claim)} is bound to it, and a claim's volume never changes: {first}"
        "delete claim and volume when no pod uses them, and apply ours; the data stay where they are"
    )
    residue.replaced(volume, "PersistentVolume", why)


def _wish(claim: Object) -> str:
    """``department1-public`` of ``groups/dev1.yaml#volumes/department1-public``, as the compiler writes it."""
    source = annotations(claim).get(_SOURCE, "")
    return source.rpartition("volumes/")[2] if ours(claim) and "volumes/" in source else ""


def _source(volume: Object, system: str, residue: Residue) -> Spec | None:
    spec = volume["spec"]
    if "nfs" in spec:
        return {"nfs": {"server": spec["nfs"]["server"], "path": spec["nfs"]["path"]}}
    if "hostPath" in spec:
        return {"hostPath": {"path": spec["hostPath"]["path"]}}
    if "csi" in spec:
        return {"csi": _csi(volume, system, residue)}
    residue.left(volume, "PersistentVolume", "it is neither nfs nor csi nor a path on nodes")
    return None


def _csi(volume: Object, system: str, residue: Residue) -> Spec:
    csi = volume["spec"]["csi"]
    handle = csi["volumeHandle"]
    claimed = volume["spec"].get("claimRef") or {}
    if csi["driver"] not in ADDRESSED_DRIVERS:
        handle = handle.removesuffix(f"#{claimed.get('namespace')}#{claimed.get('name')}")
    found: Spec = {"driver": csi["driver"], "volumeHandle": handle}
    if csi.get("volumeAttributes"):
        found["volumeAttributes"] = dict(sorted(csi["volumeAttributes"].items()))
    for field in (
        "nodeStageSecretRef",
        "nodePublishSecretRef",
        "controllerExpandSecretRef",
        "controllerPublishSecretRef",
    ):
        secret = csi.get(field)
        if not secret:
            continue
        if field != "nodePublishSecretRef":
            residue.left(volume, "PersistentVolume", "no document can say this", f"spec.csi.{field}")
            continue
        found["secret"] = {"name": secret["name"]}
        if secret["namespace"] != system:
            why = f"the documents look for Secret {secret['name']} in {system}: copy it there"
            residue.change(volume, "PersistentVolume", why, f"spec.csi.{field}")
    return found


def _read_only(volume: Object) -> bool:
    spec = volume["spec"]
    stated = any(spec.get(kind, {}).get("readOnly") for kind in ("nfs", "csi"))
    return bool(stated) or spec.get("accessModes") == ["ReadOnlyMany"]


def _capacity(size: str) -> str:
    try:
        return str(parse(size))
    except QuantityError:
        return size
