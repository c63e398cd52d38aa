"""An image has no version.

Without a tag, or with the tag `latest`, an image is whatever was published last: two runs of one job may use
different programs, and nobody can say which. A tag, or better a digest (@sha256:...), names one version.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:latest

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import images
from cubec.model.model import Model

RULE = Rule("image-unpinned", Severity.WARNING, "an image has no version", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for text, origin in images.used(model):
        image = images.parse(text)
        if not image.digest and image.tag in ("", "latest"):
            yield RULE.at(
                origin.at(),
                f'"{text}" is whatever was published last',
                hint="add the version as a tag, such as :2.9, or a digest",
            )
