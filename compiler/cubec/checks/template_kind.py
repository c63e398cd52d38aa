"""A template makes a kind of work that a cluster cannot run.

`kind` is what the template's job becomes: a pod, a job, or a kind of an addition such as Kubeflow's PyTorchJob. It
can be offered only where the addition is installed, which a cluster declares under `capabilities`.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      kind: RayJob

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      kind: PyTorchJob
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.job_kinds import KINDS, capabilities, known
from cubec.model.model import Model
from cubec.model.tenants import JobTemplate
from cubec.near import near_miss

RULE = Rule("template-kind", Severity.ERROR, "a template makes what a cluster cannot run", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for template in model.templates.values():
        if not known(template.kind):
            near = near_miss(template.kind, KINDS)
            hint = f'did you mean "{near}"?' if near else "write pod, job, or a kind such as PyTorchJob"
            yield RULE.at(template.origin.at("spec", "kind"), f'there is no kind of job "{template.kind}"', hint=hint)
    yield from _unable(model)


def _unable(model: Model) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for placement in model.placements:
        cluster = placement.site.cluster
        for template in placement.templates:
            needed = capabilities(template.kind)
            if needed and cluster.capabilities.isdisjoint(needed) and (template.name, cluster.name) not in told:
                told.add((template.name, cluster.name))
                yield _report(template, cluster.name, needed, model, placement.group.name)


def _report(template: JobTemplate, cluster: str, needed: tuple[str, ...], model: Model, group: str) -> Diagnostic:
    return RULE.at(
        template.origin.at("spec", "kind"),
        f'cluster "{cluster}", where group "{group}" is offered this template, cannot run {template.kind}',
        hint=f"add {' or '.join(needed)} to its capabilities once it is installed, or do not offer the template there",
        related=[Related(model.clusters[cluster].origin.key("spec", "capabilities"), "the declared additions stand")],
    )
