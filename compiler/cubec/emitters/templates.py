"""The templates offered to a group, in each of its namespaces that is for training: PodTemplates, and Argo's WorkflowTemplates.

A PodTemplate starts with the defaults of the parameters. A WorkflowTemplate asks for them, with one limit: Argo cannot
leave an argument out, so flags, and parameters that may stay empty, are there as the defaults say, and not asked for.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import job_pod, names
from cubec.model.job_pod import USERNAME, JobPod
from cubec.model.model import Placement
from cubec.model.types import JobTemplate, Parameter

FILE = "templates.yaml"

# Without a name a personal mount would be the whole volume, so there always is one, if not a person's.
_NOBODY = "put-your-user-name-here"
_TTL = 3 * 60 * 60  # seconds
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]", re.ASCII)
_Object = tuple[str, str, str, dict[str, Any], dict[str, str]]  # kind, name, source, body, annotations


def emit(placement: Placement) -> Iterator[Manifest]:
    objects = [item for template in placement.templates for item in _objects(placement, template)]
    for namespace in placement.namespaces:
        if "train" in namespace.spec.workloads:
            for kind, name, asked, body, about in objects:
                yield Manifest(kind, name, namespace.name, asked, body, annotations=about)


def _objects(placement: Placement, template: JobTemplate) -> Iterator[_Object]:
    pod = job_pod.build(placement, template)
    if pod is None:
        return
    group = placement.group
    asked = names.source(group.origin, *(("allTemplates",) if group.all_templates else ("templates", template.name)))
    about = _about(placement, template)
    yield "PodTemplate", template.name, asked, _pod_template(template, pod), about
    if "argo-workflows" in placement.site.cluster.capabilities:
        yield "WorkflowTemplate", template.name, asked, _workflow_template(template, pod), about


def _about(placement: Placement, template: JobTemplate) -> dict[str, str]:
    """What a catalogue shows, and what a form asks for."""
    order = dict(placement.site.platform.template_categories)
    about = {
        "cubec.io/description": template.description,
        "cubec.io/category": template.category,
        "cubec.io/category-index": str(order[template.category]) if template.category in order else "",
        "cubec.io/index": str(template.index),
        "cubec.io/help-url": template.help_url,
        "cubec.io/kind": template.kind,
        "cubec.io/parameters": _described(template) if template.parameters else "",
        "cubec.io/no-resource-check": "true" if template.no_resource_check else "",
    }
    return {key: text for key, text in about.items() if text}


def _described(template: JobTemplate) -> str:
    found = []
    for parameter in template.parameters:
        about = {
            "name": parameter.name,
            "type": parameter.type,
            "required": parameter.required,
            "default": parameter.default,
            "choices": list(parameter.choices) or None,
            "describe": parameter.describe or None,
        }
        found.append({key: value for key, value in about.items() if value is not None})
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _labels(template: JobTemplate) -> dict[str, str]:
    return {"cubec.io/template": template.name}


def _container(pod: JobPod, args: list[str], extra: dict[str, str]) -> dict[str, Any]:
    env = {**pod.env, **extra}
    return {
        **pod.main,
        **({"args": args} if args else {}),
        **({"env": [{"name": name, "value": text} for name, text in env.items()]} if env else {}),
        **pod.needs,
    }


def _pod_template(template: JobTemplate, pod: JobPod) -> dict[str, Any]:
    args = [word for parameter in template.parameters for word in job_pod.arguments(parameter)]
    user = {USERNAME: _NOBODY} if job_pod.personal(template) else {}
    spec = {
        "containers": [_container(pod, args, user)],
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        **pod.rest,
    }
    return {"template": {"metadata": {"labels": _labels(template)}, "spec": spec}}


def _workflow_template(template: JobTemplate, pod: JobPod) -> dict[str, Any]:
    asked = {_argo_name(item): item for item in template.parameters if _asked_for(item)}
    parameters = [_argo_parameter(name, item) for name, item in asked.items()]
    user = {}
    if job_pod.personal(template):
        user[USERNAME] = "{{inputs.parameters.username}}"
        if "username" not in asked:
            parameters.append({"name": "username", "description": "whose sub-directory is mounted"})
    main: dict[str, Any] = {"name": "main"}
    if parameters:
        main["inputs"] = {"parameters": [{"name": item["name"]} for item in parameters]}
    main["container"] = _container(pod, list(_argo_words(template)), user)
    spec = {
        "entrypoint": "main",
        **({"arguments": {"parameters": parameters}} if parameters else {}),
        "podMetadata": {"labels": _labels(template)},
        "ttlStrategy": {"secondsAfterCompletion": _TTL},
        "automountServiceAccountToken": True,  # Argo's own container in the pod reports its result
        **pod.rest,
        "templates": [main],
    }
    return {"spec": spec}


def _asked_for(parameter: Parameter) -> bool:
    return not job_pod.is_flag(parameter) and (parameter.required or job_pod.has_default(parameter))


def _argo_name(parameter: Parameter) -> str:
    return _NOT_IN_A_NAME.sub("_", parameter.name).lstrip("-")


def _argo_parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    body: dict[str, Any] = {"name": name}
    if job_pod.has_default(parameter):
        body["value"] = job_pod.written(parameter, parameter.default)
    if parameter.type == "enum":
        body["enum"] = [job_pod.written(parameter, choice) for choice in parameter.choices]
    if parameter.describe:
        body["description"] = parameter.describe
    return body


def _argo_words(template: JobTemplate) -> Iterator[str]:
    for parameter in template.parameters:
        if _asked_for(parameter):
            yield from job_pod.assigned(parameter, f"{{{{inputs.parameters.{_argo_name(parameter)}}}}}")
        else:
            yield from job_pod.arguments(parameter)
