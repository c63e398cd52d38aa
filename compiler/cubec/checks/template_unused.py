"""A template is offered to no group.

A template reaches a group that lists it under `templates` or says `allTemplates: true`. One that no group lists is in
nobody's catalogue.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: spark
    spec:
      category: training
      image: registry.example.com/templates/spark:4.0

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: spark
    spec:
      category: training
      image: registry.example.com/templates/spark:4.0
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      templates: [pytorch, spark]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("template-unused", Severity.WARNING, "a template is offered to no group", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete or any(group.all_templates for group in model.groups.values()):
        return
    listed = {name for group in model.groups.values() for name in group.templates}
    for template in model.templates.values():
        if template.released and template.name not in listed:
            yield RULE.at(
                template.origin.at("metadata", "name"),
                f'template "{template.name}" is offered to no group',
                hint="add it under spec.templates of a group, or write version: Alpha while it is being worked on",
            )
