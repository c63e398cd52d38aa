"""A protected namespace is not deleted by anybody, GitOps engine and administrator included.

A namespace takes everything in it along, whatever that carries itself; a confirmation that comes late, or a wrong click, must
not be enough. A group that is decommissioned loses the label, and with it the protection.
"""

from collections.abc import Iterator

from cubec.emitters.admission import cel
from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Site

_RULE = cel.Rule(
    "oldObject.metadata.?labels[?'cubec.io/protected'].orValue('') != 'true'",
    "this namespace is protected: set state: decommissioned in its group's file first",
    "'namespace ' + oldObject.metadata.name + ' is protected: ' +"
    " (oldObject.metadata.?labels[?'cubec.io/group'].orValue('') == '' ? 'it belongs to the platform' :"
    " 'set state: decommissioned in the file of group ' + oldObject.metadata.labels['cubec.io/group'] + ' first')",
)


def emit(site: Site) -> Iterator[Manifest]:
    source = names.source(site.cluster.origin)
    match = cel.resource_rule(["namespaces"], ["DELETE"])
    yield from cel.validating("cubec-protect-namespaces", source, match, (), (_RULE,), in_groups=False)
