"""A user or group id that a pod states is one of the namespace's people, or the group's own.

Storage that trusts ids gives data to whoever states the right one. Where ids are enforced, the group must be stated as
well as the user: an image may otherwise say itself which group its user is in. It may still add groups, by an /etc/group of
its own, unless the pod says ``supplementalGroupsPolicy: Strict``; older runtimes do not know that, and all that Kubernetes
1.36 supports do (1.35 was the last for containerd 1.x).
"""

from collections.abc import Iterator

from cubec.emitters.admission import cel
from cubec.model import pod_policies
from cubec.model.model import Site

# Of a debugging session only the containers that it adds are judged, not those that have been there before.
_JUDGED = """\
(variables.create ? object.spec.containers + object.spec.?initContainers.orValue([]) : []) +
(variables.debug ? object.spec.?ephemeralContainers.orValue([]).filter(c,
  !oldObject.spec.?ephemeralContainers.orValue([]).exists(o, o.name == c.name)) : [])"""


_STRICT = cel.Rule(
    "!variables.create || object.spec.?securityContext.?supplementalGroupsPolicy.orValue('') == 'Strict'",
    "securityContext.supplementalGroupsPolicy must be Strict, or the image could add groups; write Strict, or leave it out",
)
_MAKE_STRICT = """\
object.spec.?securityContext.?supplementalGroupsPolicy.hasValue() ? [] :
has(object.spec.securityContext) ?
  [JSONPatch{op: 'add', path: '/spec/securityContext/supplementalGroupsPolicy', value: 'Strict'}] :
  [JSONPatch{op: 'add', path: '/spec/securityContext', value: {'supplementalGroupsPolicy': 'Strict'}}]"""


def _stated(field: str) -> str:
    pod = f"object.spec.?securityContext.?{field}"
    container = f"c.?securityContext.?{field}"
    return (
        f"(variables.create && {pod}.hasValue() ? [{pod}.value()] : []) +\n"
        f"variables.judged.filter(c, {container}.hasValue()).map(c, {container}.value())"
    )


_FILES = """\
(variables.create && object.spec.?securityContext.?fsGroup.hasValue()
  ? [object.spec.?securityContext.?fsGroup.value()] : []) +
(variables.create ? object.spec.?securityContext.?supplementalGroups.orValue([]) : [])"""


def _known(note: str) -> str:
    return f"variables.notes[?'cubec.io/{note}'].orValue('').split(',').filter(i, i != '')"


def _strange(ids: str, known: str) -> str:
    return f"({ids}).filter(i, i == 0 || !(string(i) in variables.{known}))"


def _says(stated: str, strangers: str, known: str, whose: str, *, optional: bool) -> str:
    otherwise = " + ', or leave it out'" if optional else ""
    return (
        f"'{stated} ' + variables.{strangers}.map(i, string(i)).join(', ')\n"
        f"+ ' is not {whose} namespace ' + request.namespace\n"
        f"+ (size(variables.{known}) > 0 ? '; write ' + variables.{known}.join(' or '){otherwise} : '; leave it out')"
    )


def _checked(*, optional: bool) -> Iterator[cel.Rule]:
    yield cel.Rule(
        "size(variables.strangers) == 0",
        "runAsUser must be the uid of a member of the group",
        _says("runAsUser", "strangers", "uids", "the uid of a member of", optional=optional),
    )
    groups = "runAsGroup, fsGroup or supplementalGroups"
    yield cel.Rule(
        "size(variables.strangeGroups) == 0",
        f"{groups} must be the gid of the group",
        _says(groups, "strangeGroups", "gids", "the gid of", optional=optional),
    )


def _must_state(field: str, known: str) -> cel.Rule:
    return cel.Rule(
        f"object.spec.?securityContext.?{field}.hasValue() ||\n"
        f"variables.judged.all(c, c.?securityContext.?{field}.hasValue())",
        f"the pod must state securityContext.{field}",
        f"'the pod must state securityContext.{field}: '\n"
        f"+ (size(variables.{known}) > 0 ? 'write ' + variables.{known}.join(' or ')"
        " : 'no member of the group has one, ask a platform owner')",
    )


def variables(site: Site) -> Iterator[cel.Variable]:
    if site.platform.linux_identity == "off":
        return
    # a request for the pod itself has no subresource at all, and asking for it would be an error
    yield cel.variable("debug", "request.?subResource.orValue('') == 'ephemeralcontainers'")
    yield cel.variable("judged", _JUDGED)
    yield cel.variable("uids", _known("uids"))
    yield cel.variable("gids", _known("gids"))
    yield cel.variable("strangers", _strange(_stated("runAsUser"), "uids"))
    yield cel.variable("strangeGroups", _strange(f"{_stated('runAsGroup')} +\n{_FILES}", "gids"))


def rules(site: Site) -> Iterator[cel.Rule]:
    enforced = site.platform.linux_identity == "enforced"
    if site.platform.linux_identity != "off":
        yield from _checked(optional=not enforced)
    if enforced:
        yield _must_state("runAsUser", "uids")
        yield _must_state("runAsGroup", "gids")
    if _strict(site):
        yield _STRICT


def mutations(site: Site) -> Iterator[str]:
    """What completes a pod that does not say how groups are put together."""
    if _strict(site):
        yield _MAKE_STRICT


def _strict(site: Site) -> bool:
    return site.platform.linux_identity == "enforced" and pod_policies.native(site)
