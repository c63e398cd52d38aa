"""No group can run a template with the cards that it asks for.

A template may ask for cards of one model. Where none of the groups that it is offered to has pools with such cards,
nobody can use it: on those clusters it is left out of what is offered.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      resources: {cpu: 2, memory: 4Gi, gpu: 1(A100)}

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      resources: {cpu: 2, memory: 4Gi, gpu: 1(T4)}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Rule, Severity
from cubec.model import cards
from cubec.model.job_pod import pool_of
from cubec.model.model import Model
from cubec.model.tenants import JobTemplate

RULE = Rule("template-cards", Severity.WARNING, "no group has the cards that a template asks for", __doc__ or "")

_FIXED = "TASK_RESOURCE_GPU"


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete:
        return
    able: dict[str, bool] = {}
    offered: dict[str, set[str]] = {}
    for placement in model.placements:
        for template in placement.templates:
            if template.gpu and not able.get(template.name):
                able[template.name] = pool_of(template.gpu, placement.pools) is not None
                offered.setdefault(template.name, set()).update(cards.models(placement.pools))
    for name, found in able.items():
        template = model.templates[name]
        if not found:
            models = ", ".join(sorted(offered[name]))
            yield RULE.at(
                _place(template),
                f'no group that is offered template "{name}" has pools for {template.gpu} cards',
                hint=f"ask for a model that their pools have: {models}" if models else "ask for no cards",
            )


def _place(template: JobTemplate) -> Position:
    fixed = _FIXED in template.env
    return template.origin.at("spec", *(("env", _FIXED) if fixed else ("resources", "gpu")))
