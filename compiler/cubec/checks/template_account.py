"""A template runs as an account that groups do not have.

A pod runs as an account of its namespace. In a group's namespaces there are two, `workload` and `default`, and
neither has any rights in the cluster. With another name no pod of the template starts.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      account: pipeline-runner

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      account: workload
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.near import near_miss

RULE = Rule("template-account", Severity.ERROR, "a template runs as an account that groups do not have", __doc__ or "")

_ACCOUNTS = ("workload", "default")


def check(model: Model) -> Iterator[Diagnostic]:
    for template in model.templates.values():
        if template.account not in _ACCOUNTS:
            near = near_miss(template.account, _ACCOUNTS)
            yield RULE.at(
                template.origin.at("spec", "account"),
                f'groups have no account "{template.account}"',
                hint=f'did you mean "{near}"?'
                if near
                else "write workload, or take the line away, which means the same",
            )
