"""The pod that a JobTemplate stands for, for one group on one cluster: what every kind of template object has in common."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.model import cards, taints
from cubec.model.gpu import Gpu
from cubec.model.model import Placement
from cubec.model.quantity import whole
from cubec.model.quotas import Strings
from cubec.model.tenants import JobTemplate, Mount, Parameter
from cubec.model.types import NodePool

USERNAME = "USERNAME"  # the variable that a personal mount takes its sub-directory from


@dataclass(frozen=True, slots=True)
class JobPod:
    """Parts of a pod, as Kubernetes spells them; its one container without arguments and environment."""

    main: Mapping[str, Any]  # what the container runs
    needs: Mapping[str, Any]  # what it needs to run
    env: Mapping[str, str]
    rest: Mapping[str, Any]  # fields that stand beside the containers


def build(template: JobTemplate, pool: NodePool | None, *, restricted: bool) -> JobPod:
    """Make the pod as it runs on ``pool``, if it asks for cards."""
    needs, rest = _needs(template, pool, restricted=restricted), _rest(template, pool, restricted=restricted)
    return JobPod(_main(template), needs, _env(template), rest)


def _main(template: JobTemplate) -> dict[str, Any]:
    main: dict[str, Any] = {"name": "main", "image": template.image}
    if template.workdir:
        main["workingDir"] = template.workdir
    if template.command:
        main["command"] = list(template.command)
    return main


def _needs(template: JobTemplate, pool: NodePool | None, *, restricted: bool) -> dict[str, Any]:
    needs: dict[str, Any] = {}
    resources = _resources(template, pool)
    if resources:
        needs["resources"] = resources
    if template.mounts:
        needs["volumeMounts"] = [_mount(n, mount) for n, mount in enumerate(template.mounts)]
    if restricted:
        needs["securityContext"] = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return needs


def _rest(template: JobTemplate, pool: NodePool | None, *, restricted: bool) -> dict[str, Any]:
    rest: dict[str, Any] = {"serviceAccountName": template.account}
    if pool:
        rest["nodeSelector"] = {pool.label_key: pool.label_value}
        tolerations = [taints.toleration(taint) for taint in taints.taints(pool)]
        if tolerations:
            rest["tolerations"] = tolerations
    if template.host_aliases:
        rest["hostAliases"] = [{"ip": address, "hostnames": list(hosts)} for address, hosts in template.host_aliases]
    if restricted:
        rest["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    if template.mounts:
        rest["volumes"] = [_volume(n, mount) for n, mount in enumerate(template.mounts)]
    return rest


def restricted(placement: Placement) -> bool:
    """There a pod that does not promise to do without rights is refused, and nobody could start what the template offers."""
    return (placement.group.pod_security or placement.site.platform.pod_security) == "restricted"


def container(pod: JobPod, args: list[str], extra: Mapping[str, str]) -> dict[str, Any]:
    """The one container, with its arguments; ``extra`` variables come last."""
    env = {**pod.env, **extra}
    return {
        **pod.main,
        **({"args": args} if args else {}),
        **({"env": [{"name": name, "value": text} for name, text in env.items()]} if env else {}),
        **pod.needs,
    }


def pool_of(item: Gpu, pools: Sequence[NodePool]) -> NodePool | None:
    """The pool that a pod with these cards runs on: one whose nodes have as many, if there is one, whole cards before slices."""
    offering = [pool for pool in pools if pool.accelerator and not cards.spread((item,), (pool,))[1]]
    return min(offering, key=lambda pool: _distance(item, pool), default=None)


def _distance(item: Gpu, pool: NodePool) -> tuple[bool, bool]:
    accelerator = pool.accelerator
    return (accelerator is None or accelerator.count < item.cards, bool(accelerator and accelerator.slice_resource))


def personal(template: JobTemplate) -> bool:
    return any(mount.personal for mount in template.mounts)


def arguments(parameter: Parameter) -> Strings:
    """What a parameter's default is on the command line; nothing where there is none, or where it is a flag that is off."""
    if not has_default(parameter):
        return ()
    text = written(parameter, parameter.default)
    if is_flag(parameter):
        return (_option(parameter),) if text == "true" else ()
    return assigned(parameter, text)


def assigned(parameter: Parameter, text: str) -> Strings:
    """``--name=value``, which no value can be mistaken in; a short option takes its value as the next word."""
    option = _option(parameter)
    return (f"{option}={text}",) if option.startswith("--") else (option, text)


def has_default(parameter: Parameter) -> bool:
    return parameter.default is not None and parameter.default not in ("", [], {})


def is_flag(parameter: Parameter) -> bool:
    return parameter.type == "bool" or isinstance(parameter.default, bool)


def written(parameter: Parameter, value: object) -> str:
    """A value as a program reads it: items joined by commas, structures as JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and parameter.type not in {"dict", "json"}:
        return ",".join(written(parameter, item) for item in value)
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return str(value)


def _option(parameter: Parameter) -> str:
    return parameter.name if parameter.name.startswith("-") else f"--{parameter.name}"


def _resources(template: JobTemplate, pool: NodePool | None) -> dict[str, dict[str, str]]:
    requests, limits = {}, {}
    for resource, amount in (("cpu", template.cpu), ("memory", template.memory)):
        if amount is not None:
            requests[resource], limits[resource] = str(amount.request), str(amount.limit)
    if template.gpu and pool and pool.accelerator:
        resource, count = cards.units(pool.accelerator, template.gpu.cards)
        requests[resource] = limits[resource] = str(whole(count))
    return {"requests": requests, "limits": limits} if requests else {}


def _env(template: JobTemplate) -> dict[str, str]:
    """In order of name. Without cards, images that look for them must not find those of the node."""
    env = dict(template.env)
    if template.gpu is None:
        env.setdefault("NVIDIA_VISIBLE_DEVICES", "none")
    return dict(sorted(env.items()))


def _mount(n: int, mount: Mount) -> dict[str, Any]:
    body: dict[str, Any] = {"name": f"{mount.kind}-{n}", "mountPath": mount.path}
    if mount.personal:
        body["subPathExpr"] = f"$({USERNAME})"
    if mount.read_only:
        body["readOnly"] = True
    return body


def _volume(n: int, mount: Mount) -> dict[str, Any]:
    sources: Mapping[str, dict[str, Any]] = {
        "claim": {"persistentVolumeClaim": {"claimName": mount.source}},
        "memory": {"emptyDir": {"medium": "Memory", "sizeLimit": mount.source}},
        "configmap": {"configMap": {"name": mount.source}},
        "secret": {"secret": {"secretName": mount.source}},
    }
    return {"name": f"{mount.kind}-{n}", **sources[mount.kind]}
