"""An image does not say which registry it is from.

Without a registry each machine looks for the image where it was set up to look, most often on Docker Hub, where
anybody may publish under a name that looks right. So the image of a template and of the upkeep jobs begins with the
host name of its registry.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: pytorch/pytorch:2.9

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

RULE = Rule("image-registry", Severity.ERROR, "an image does not say which registry it is from", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for text, origin in images.used(model):
        image = images.parse(text)
        if not image.registry or not image.path:
            yield RULE.at(
                origin.at(),
                f'"{text}" does not begin with the host name of a registry',
                hint=f"write the host name first, such as docker.io/{text if '/' in text else 'library/' + text}",
            )
