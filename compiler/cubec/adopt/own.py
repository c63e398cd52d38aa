"""What the compiler itself once made on the cluster, and the documents behind it that are gone: read back from its objects."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from cubec.adopt.observed import GROUP, PART, Observed, labels, name, namespace, ours
from cubec.adopt.residue import Residue
from cubec.schema.files import texts

Spec = dict[str, Any]

_SYSTEM, _USERS = "cubec-system", "cubec-users"  # the defaults
_PROFILE_SPACE = "arena-system"
_DESIRED = "desired-state"
_OF_ALL = frozenset({"schedule", "suspend", "dryRun"})  # fields of every task


def platform_name(seen: Observed) -> str:
    found = Counter(labels(item).get(PART, "") for item in seen.all("Namespace") if ours(item))
    return found.most_common(1)[0][0] if found else ""


def own_namespaces(seen: Observed) -> tuple[str, str]:
    """Where people's accounts are, and where the upkeep jobs run."""
    spaces = [name(item) for item in seen.all("Namespace") if ours(item) and GROUP not in labels(item)]
    users = [space for space in spaces if any(name(q) == "no-pods" for q in seen.within("ResourceQuota", space))]
    system = [space for space in spaces if any(ours(job) for job in seen.within("CronJob", space))]
    rest = [space for space in spaces if space not in {*users, _PROFILE_SPACE}]
    return (users or [_USERS])[0], (system or (rest if len(rest) == 1 else [_SYSTEM]))[0]


def delivery(seen: Observed) -> Spec:
    """Who applies the output: what the compiler's bootstrap points at, or nobody. Of both kinds only its own are read."""
    for item in seen.all("Application"):
        match item["spec"].get("source"):
            case {"repoURL": str(url), "targetRevision": str(branch), "path": str(path)} if name(item) == "cubec":
                return _from_git("argocd", url, branch, path)
            case _:
                pass
    for item in seen.all("GitRepository"):
        return _from_git("flux", item["spec"]["url"], item["spec"].get("ref", {}).get("branch", "main"), "")
    return {"engine": "none"}


def _from_git(engine: str, repository: str, branch: str, path: str) -> Spec:
    folder = "/".join(path.split("/")[:-2])  # without the cluster's folder, and what the application reads in it
    return {
        "engine": engine,
        "repository": repository,
        "branch": branch,
        **({"path": folder} if folder not in {"", "output"} else {}),
    }


def upkeep(seen: Observed, system: str, residue: Residue) -> Spec:
    """The upkeep tasks, as the compiler's jobs and what they are told say them."""
    told: Mapping[str, str] = next((data for space, data in _desired(seen) if space == system), {})
    spec: Spec = {}
    for job in seen.within("CronJob", system):
        if ours(job):
            try:
                spec |= _task(job["spec"], told)
            except (LookupError, TypeError, ValueError, AttributeError):
                residue.left(job, "CronJob", "it is no longer as the compiler made it")
    return spec


def _task(spec: Mapping[str, Any], told: Mapping[str, str]) -> Spec:
    container = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    task, *flags = container["args"][1:]
    settings = {key: value for key, value in json.loads(told[f"{task}.json"]).items() if value != ""}
    return {
        "image": container["image"],
        "timeZone": spec.get("timeZone", "Etc/UTC"),
        task: {
            "schedule": spec["schedule"],
            **({"suspend": True} if spec.get("suspend") else {}),
            **({"dryRun": False} if "--apply" in flags else {}),
            **{
                key: settings[key] if kind == "string" else int(settings[key])
                for key, kind in _fields(task)
                if key in settings
            },
        },
    }


def _fields(task: str) -> list[tuple[str, str]]:
    """The fields of a task that its own settings fill, and whether each is a text or a number."""
    spec = json.loads(texts()["platform.json"])["properties"]["spec"]
    fields = spec["properties"]["upkeep"]["properties"][task]["properties"]
    return [
        (key, "number" if value.get("type") == "integer" else "string")
        for key, value in fields.items()
        if key not in _OF_ALL
    ]


def linux_identity(seen: Observed) -> str:
    """As the compiler's policy says it; off where there is none, since it would refuse pods that run today."""
    policy = next((item for item in seen.all("ValidatingAdmissionPolicy") if name(item) == "cubec-isolation"), None)
    messages = json.dumps(policy["spec"]) if policy and ours(policy) else ""
    if "runAsUser must be the uid" not in messages:
        return "off"
    return "enforced" if "the pod must state securityContext" in messages else "checked"


def profiles(seen: Observed) -> list[str]:
    spaces = {name(item) for item in seen.all("Namespace") if ours(item)}
    nodes = any('"org":' in data.get("nodes.json", "") for _, data in _desired(seen))
    return [*(["arena"] if _PROFILE_SPACE in spaces else []), *(["cube-studio"] if nodes else [])]


def pools(seen: Observed) -> Mapping[str, Mapping[str, Any]]:
    """The pools that the upkeep job looks after, by name: which nodes, and which labels they have."""
    for _, data in _desired(seen):
        try:
            return {pool["name"]: pool for pool in json.loads(data["nodes.json"])["pools"]}
        except (LookupError, TypeError, ValueError):
            continue
    return {}


def _desired(seen: Observed) -> list[tuple[str, Mapping[str, str]]]:
    """What the upkeep tasks are told, and in which namespace."""
    found = (item for item in seen.all("ConfigMap") if ours(item) and name(item) == _DESIRED)
    return [(namespace(item), item.get("data") or {}) for item in found]
