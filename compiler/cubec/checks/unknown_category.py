"""A job template is in a category that the platform does not list.

Where the Platform has `templateCategories`, they are the headings of the catalogue, in their order. A template under a
heading that is not listed would stand nowhere in that order, most often because of a typing error. Where the Platform
lists none, any words will do.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata: {name: pytorch}
    spec:
      category: trainning
      image: registry.example.com/templates/pytorch:2.9

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata: {name: pytorch}
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
"""

from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import JobTemplate
from cubec.near import near_miss
from cubec.source.document import Origin
from cubec.source.quoting import quoted

RULE = Rule(
    "unknown-category", Severity.ERROR, "a job template's category is not on the platform's list", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    origin = model.platform.origin
    listed = {
        name: origin.child("spec", "templateCategories", n, "name")
        for n, (name, _) in enumerate(model.platform.template_categories)
    }
    for template in model.templates.values() if listed else ():
        if template.category and template.category not in listed:
            yield _unknown(template, listed)


def _unknown(template: JobTemplate, listed: Mapping[str, Origin]) -> Diagnostic:
    near = near_miss(template.category, listed)
    meant = near or next(iter(listed))
    hint = (
        f"did you mean {quoted(meant)}?" if near else "write one that is listed, or add this one to the platform's list"
    )
    related = [Related(listed[meant].at(), f"category {quoted(meant)} is listed")]
    place = template.origin.at("spec", "category")
    return RULE.at(place, f"unknown category {quoted(template.category)}", hint=hint, related=related)
