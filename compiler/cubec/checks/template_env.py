"""A template sets a variable that is set for it.

`USERNAME` is the person who starts the job; a mount of type `pvc` shows each person the sub-directory of that name.
With a fixed value everybody would work in one person's directory.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      env: {USERNAME: bob}

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      env: {BATCH_SIZE: 64}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.job_pod import USERNAME
from cubec.model.model import Model

RULE = Rule("template-env", Severity.ERROR, "a template sets a variable that is set for it", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for template in model.templates.values():
        if USERNAME in template.env:
            yield RULE.at(
                template.origin.key("spec", "env", USERNAME),
                f"{USERNAME} is the person who starts the job, whatever a template says",
                hint="take it out, or choose another name",
            )
