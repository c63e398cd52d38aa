"""Two parameters of a template have one name.

A parameter becomes an argument of the program, `--name=value`. Of two with one name the program takes one, and a form
shows both.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      parameters:
        - {name: epochs, type: int, default: 10}
        - {name: epochs, type: str}

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      parameters:
        - {name: epochs, type: int, default: 10}
        - {name: optimizer, type: str}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Parameter

RULE = Rule("parameter-clash", Severity.ERROR, "two parameters of a template have one name", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for template in model.templates.values():
        seen: dict[str, Parameter] = {}
        for parameter in template.parameters:
            first = seen.setdefault(parameter.name.strip("-"), parameter)
            if first is not parameter:
                yield RULE.at(
                    parameter.origin.at("name"),
                    f'template "{template.name}" has a parameter "{first.name}" already',
                    hint="give one of the two another name, or take it away",
                    related=[Related(first.origin.at("name"), f'the first "{first.name}" stands')],
                )
