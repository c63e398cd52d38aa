"""Whoever may write Secrets without reading them writes plain ones, and never one that somebody else looks after.

A Secret of another type can make the API server fill in a token of an account, and so can give more than it holds.
"""

from collections.abc import Iterator

from cubec.emitters.admission import cel
from cubec.manifest import Manifest
from cubec.model import names, upkeep
from cubec.model.model import Site

_TRUSTED = "authorizer.group('').resource('secrets').namespace(request.namespace).check('get').allowed()"
_MANAGED = """\
request.operation == 'UPDATE' && (
  oldObject.metadata.?labels[?'app.kubernetes.io/managed-by'].orValue('') != '' ||
  size(oldObject.metadata.?ownerReferences.orValue([])) > 0)"""
_LOGIN = "object.?type.orValue('') == 'kubernetes.io/dockerconfigjson'"
_RULES = (
    cel.Rule(
        "variables.trusted || object.?type.orValue('Opaque') == 'Opaque'",
        "only Secrets of type Opaque can be written here: leave type out",
    ),
    cel.Rule(
        "variables.trusted || !variables.managed",
        "a controller looks after this Secret: write one of another name",
    ),
)


def emit(site: Site) -> Iterator[Manifest]:
    # the upkeep job reads no other Secrets than those that it writes, so it is named, and may write logins alone
    copiers = [names.task(task.name) for task in upkeep.tasks(site) if upkeep.of_registries(task)]
    accounts = [f"system:serviceaccount:{site.platform.system_namespace}:{name}" for name in copiers]
    copying = [f"(request.userInfo.username == {cel.text(account)} && {_LOGIN})" for account in accounts]
    trusted = " ||\n".join([*copying, _TRUSTED])
    variables = (cel.variable("trusted", trusted), cel.variable("managed", _MANAGED))
    match = cel.resource_rule(["secrets"], ["CREATE", "UPDATE"])
    yield from cel.validating("cubec-secrets", names.source(site.cluster.origin), match, variables, _RULES)
