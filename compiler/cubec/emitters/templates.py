"""The templates offered to a group, in each of its namespaces that is for training: PodTemplates, and Argo's WorkflowTemplates.

A PodTemplate starts with the defaults of the parameters, a WorkflowTemplate asks for them. A template whose cards the
group's pools do not have is not offered.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cubec.manifest import Manifest
from cubec.model import argo, job_pod, names
from cubec.model.job_pod import USERNAME, JobPod
from cubec.model.model import Placement, Site
from cubec.model.tenants import JobTemplate
from cubec.model.types import NodePool
from cubec.yaml_text import Shared

FILE = "templates.yaml"

# Without a name a personal mount would be the whole volume, so there always is one, if not a person's.
_NOBODY = "put-your-user-name-here"
_Object = tuple[str, dict[str, Any], dict[str, str]]  # kind, body, annotations


def emit(placement: Placement) -> Iterator[Manifest]:
    restricted = job_pod.restricted(placement)
    asked_for = {template.gpu for template in placement.templates}
    pools = {item: job_pod.pool_of(item, placement.pools) for item in asked_for if item}
    group = placement.group
    all_of_them = names.source(group.origin, "allTemplates")
    for namespace in placement.namespaces:
        if "train" not in namespace.spec.workloads:
            continue
        for template in placement.templates:
            pool = pools[template.gpu] if template.gpu else None
            if template.gpu and pool is None:
                continue
            asked = all_of_them if group.all_templates else names.source(group.origin, "templates", template.name)
            for kind, body, about in _objects(placement.site, template, pool, restricted):
                yield Manifest(kind, template.name, namespace.name, asked, body, annotations=about)


@lru_cache(maxsize=512)  # most groups have a template, and for most of them it is the same objects
def _objects(site: Site, template: JobTemplate, pool: NodePool | None, restricted: bool) -> tuple[_Object, ...]:
    pod = job_pod.build(template, pool, restricted=restricted)
    about = Shared(_about(site, template))
    found: tuple[_Object, ...] = (("PodTemplate", Shared(_pod_template(template, pod)), about),)
    if "argo-workflows" in site.cluster.capabilities:
        found += (("WorkflowTemplate", Shared(argo.workflow(template, pod, _labels(template))), about),)
    return found


def _about(site: Site, template: JobTemplate) -> dict[str, str]:
    """What a catalogue shows, and what a form asks for."""
    order = dict(site.platform.template_categories)
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
    return {"template": Shared({"metadata": {"labels": _labels(template)}, "spec": spec})}
