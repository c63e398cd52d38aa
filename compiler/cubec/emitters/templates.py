"""The templates offered to a group, in each of its namespaces that is for training: PodTemplates, and Argo's WorkflowTemplates.

A PodTemplate starts with the defaults of the parameters, a WorkflowTemplate asks for them. A template whose cards the
group's pools do not have is not offered.
"""

import json
from collections.abc import Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import argo, job_pod, names
from cubec.model.job_pod import USERNAME, JobPod
from cubec.model.model import Placement
from cubec.model.types import JobTemplate

FILE = "templates.yaml"

# Without a name a personal mount would be the whole volume, so there always is one, if not a person's.
_NOBODY = "put-your-user-name-here"
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
        yield "WorkflowTemplate", template.name, asked, argo.workflow(template, pod, _labels(template)), about


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


def _pod_template(template: JobTemplate, pod: JobPod) -> dict[str, Any]:
    args = [word for parameter in template.parameters for word in job_pod.arguments(parameter)]
    user = {USERNAME: _NOBODY} if job_pod.personal(template) else {}
    spec = {
        "containers": [job_pod.container(pod, args, user)],
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        **pod.rest,
    }
    return {"template": {"metadata": {"labels": _labels(template)}, "spec": spec}}
