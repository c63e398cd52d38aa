"""A group lists a job template that is not declared.

`templates` of a group are names of documents of kind JobTemplate, the ready-made jobs that its members are offered. A name
that none of them has would silently be missing from the group's catalogue.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
      templates: [pytorhc]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
      templates: [pytorch]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model

RULE = Rule("unknown-template", Severity.ERROR, "a group lists a job template that is not declared", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values() if model.complete else ():
        for n, name in enumerate(group.templates):
            if name not in model.templates:
                place = group.origin.at("spec", "templates", n)
                yield reference.unknown(RULE, "JobTemplate", name, place, model.templates)
