"""A group lists a template that is not released yet.

A template with `version: Alpha` is still being worked on and is offered to nobody. A group that lists it gets nothing
until it is released.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      version: Alpha
      image: registry.example.com/templates/pytorch:2.9

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      version: Release
      image: registry.example.com/templates/pytorch:2.9
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("template-not-released", Severity.WARNING, "a group lists a template that is not released", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for n, name in enumerate(group.templates):
            template = model.templates.get(name)
            if template and not template.released:
                yield RULE.at(
                    group.origin.at("spec", "templates", n),
                    f'template "{name}" is not released, so group "{group.name}" is not offered it yet',
                    hint="take it off the list, or ask for version: Release in the template",
                    related=[Related(template.origin.at("spec", "version"), "the version stands")],
                )
