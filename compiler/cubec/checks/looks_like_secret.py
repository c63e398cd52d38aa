"""A text looks like a password, a token or a private key.

These files are in Git, where everybody who may read the repository can read them, and where nothing that was once
written is ever forgotten. So no password, token or private key may stand in them, whatever the field. A login of a
registry goes through `cubec seal` or a secret store; a job's password into a Secret that the template mounts. What
was committed once has to be replaced, even if the line is taken out again. The text itself is never printed.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      env:
        DB_PASSWORD: correct-horse

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      mounts:
        - {secret: database, path: /etc/database}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.credentials import find
from cubec.model.model import Model

RULE = Rule(
    "looks-like-secret", Severity.ERROR, "a text looks like a password, a token or a private key", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    for document in model.documents:
        for pointer, sort in find(document):
            field = next(step for step in reversed(pointer) if isinstance(step, str))
            yield RULE.at(
                document.at(*pointer),
                f'the value of "{field}" looks like a {sort}',
                hint="take it out and replace it where it is used, since Git forgets nothing; keep it in a Secret "
                "or a secret store",
                excerpt=False,
            )
