"""The answer to a question about access: every way that leads to yes, or why there is none; and the whole of it as a matrix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cubec.diagnostics import Position
from cubec.model.model import Placement
from cubec.model.phrase import joined
from cubec.model.tenants import Member
from cubec.model.types import PolicyRule
from cubec.plan import rights, who
from cubec.plan.question import Question
from cubec.plan.rbac import Grant, Request, allowing, matching
from cubec.plan.state import State
from cubec.plan.who import ACCOUNT_OF_WORK, EVERYONE, USER, Who
from cubec.source.document import Origin


@dataclass(frozen=True, slots=True)
class Held:
    """One role of somebody in a namespace or, where that is empty, everywhere; and the entry that asked for it."""

    who: Who
    cluster: str
    grant: Grant
    group: str
    origin: Origin | None
    until: date | None
    flags: tuple[str, ...]

    @property
    def position(self) -> Position | None:
        return self.origin.at() if self.origin else None


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, for ``reasons``; or no, because of ``refusal``, at a line where there is one. ``hint`` is what else might be asked."""

    question: Question
    reasons: tuple[Held, ...]
    refusal: str = ""
    position: Position | None = None
    hint: str = ""


def answer(state: State, question: Question) -> Answer:
    if state.model.expired(question.user.expires):
        ended = f"{question.user.name}'s access ended on {question.user.expires}"
        return Answer(question, (), ended, question.user.origin.at("spec", "expires"))
    found = tuple(_found(state, question))
    yes = tuple(held for held in found if allowing((held.grant,), question.request))
    if yes:
        return Answer(question, yes)
    refusal, position = _refusal(state, question, found)
    return Answer(question, (), refusal, position, _hint(state, question))


def _found(state: State, question: Question) -> Iterator[Held]:
    """All that the person has where the question is about."""
    on = state.clusters[question.cluster]
    subject = who.subject(on.site, question.user, question.oidc_groups)
    for key, grant in on.rbac.given(subject, question.request.namespace):
        yield _held(state, question.cluster, on.who(key), grant)


def _held(state: State, cluster: str, holder: Who, grant: Grant) -> Held:
    entry = state.membership(grant)
    flags = rights.flags(rights.of(grant.role), everywhere=not grant.namespace)
    return Held(
        who=holder,
        cluster=cluster,
        grant=grant,
        group=entry.group.name if entry else "",
        origin=state.origin(grant, holder),
        until=state.until(grant, holder),
        flags=flags,
    )


def _refusal(state: State, question: Question, found: Sequence[Held]) -> tuple[str, Position | None]:
    request, name = question.request, question.user.name
    held = _nearest(found, request)
    if held:
        return _too_little(held, question), held.position
    placement = _owner(state, question)
    ended = next((member for member in _members(placement, name) if state.model.expired(member.expires)), None)
    if placement and ended:
        last = f"{name}'s membership of {placement.group.name} as {ended.role} ended on {ended.expires}"
        return last, ended.origin.at("expires")
    if not request.namespace:
        return f"{name} has no role that holds in the whole cluster", None
    if placement is None:
        return f"{name} has no role in {request.namespace}, which belongs to no group", None
    return f"{name} has no role in a group that owns {request.namespace}", None


def _nearest(found: Sequence[Held], request: Request) -> Held | None:
    """The role to name in a refusal: one of the namespace rather than of the cluster, and of all people only if it is about this."""
    told = [held for held in found if held.who.kind != EVERYONE or _about(held, request)]
    return min(told, key=lambda held: held.grant.namespace != request.namespace, default=None)


def _about(held: Held, request: Request) -> tuple[PolicyRule, ...]:
    """Rules that would give what is asked for, under other names."""
    return matching(held.grant.role, request.verb, request.api_group, request.resource)


def _too_little(held: Held, question: Question) -> str:
    request, through = question.request, "" if held.who.kind == USER else f" through {held.who}"
    where = f" in {held.grant.namespace}" if held.grant.namespace else ""
    named = sorted({name for rule in _about(held, request) for name in rule.resource_names})
    which = f" other than {joined(named)}" if named else ""
    group = f".{request.api_group}" if request.api_group else ""
    what = f"{request.verb} on {request.resource}{group}{which}"
    return f"{question.user.name} is {held.grant.role.preset}{where}{through}, which does not give {what}"


def _owner(state: State, question: Question) -> Placement | None:
    """The group that has the namespace, as it is placed on the cluster."""
    for placement in state.model.placements:
        if placement.site.cluster.name == question.cluster and any(
            namespace.name == question.request.namespace for namespace in placement.namespaces
        ):
            return placement
    return None


def _members(placement: Placement | None, name: str) -> Iterator[Member]:
    return (member for member in (placement.group.members if placement else ()) if member.user == name)


def _hint(state: State, question: Question) -> str:
    """Groups of the provider that would have a role there: whether the person is in one, no document says."""
    placement = _owner(state, question)
    if placement is None or placement.site.cluster.identity.mode != "oidc":
        return ""
    bound = (item.member.oidc_group for item in placement.bindings)
    groups = [group for group in bound if group and group not in question.oidc_groups]
    if not groups:
        return ""
    return f"if the provider has {question.user.name} in {' or '.join(groups)}, say so with --group"


def matrix(state: State, *, cluster: str = "", namespace: str = "") -> tuple[Held, ...]:
    """Who has which role where: people, groups of the provider, and what everybody has; cluster by cluster."""
    found = [
        _held(state, name, holder, grant)
        for name, on in state.clusters.items()
        if cluster in ("", name)
        for key, given in on.rbac.grants.items()
        for holder in (on.who(key),)
        if holder.kind != ACCOUNT_OF_WORK
        for where, grants in given.items()
        if where in ("", namespace) or not namespace
        for grant in grants
    ]
    return tuple(
        sorted(found, key=lambda held: (held.cluster, held.who.order, held.grant.namespace, held.grant.binding))
    )
