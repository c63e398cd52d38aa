"""The pod of a JobTemplate as a workflow of Argo's, which asks for the parameters.

Argo cannot leave an argument out. So flags, and parameters that may stay empty, stand as the defaults say and are not
asked for: an empty argument is not the same to a program as none.
"""

import re
from collections.abc import Iterator
from typing import Any

from cubec.model import job_pod
from cubec.model.job_pod import USERNAME, JobPod
from cubec.model.tenants import JobTemplate, Parameter

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]", re.ASCII)
_TTL = 3 * 60 * 60  # seconds


def workflow(template: JobTemplate, pod: JobPod, labels: dict[str, str]) -> dict[str, Any]:
    """The body of a WorkflowTemplate."""
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
    main["container"] = job_pod.container(pod, list(_argo_words(template)), user)
    spec = {
        "entrypoint": "main",
        **({"arguments": {"parameters": parameters}} if parameters else {}),
        "podMetadata": {"labels": labels},
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
