"""Whether the one who submits an object may create it, by the same evaluator that answers `cubec can`."""

from dataclasses import dataclass

from cubec.model.model import Model
from cubec.plan import answer, question, state, who
from cubec.plan.state import State
from cubec.rehearsal.expressions import right
from cubec.rehearsal.findings import Finding, Outcome
from cubec.rehearsal.policies import Requester

STAGE = "rights"
UnknownError = question.UnknownError


@dataclass(frozen=True, slots=True)
class Asker:
    """Who submits. ``oidc_groups`` are those that the provider has them in, as somebody said."""

    state: State
    user: str
    cluster: str
    oidc_groups: tuple[str, ...]

    def judged(self, namespace: str, resource: str, api_group: str) -> Finding:
        found = self._answer("create", namespace, resource, api_group)
        if found.reasons:
            held = found.reasons[0]
            message = f"{self.user} may create {resource} in {namespace}: {held.grant.role.preset}"
            return Finding(STAGE, Outcome.PASSED, message, source=held.position)
        hint = "ask the group's owners for a role that may"
        if found.hint:
            hint += ", or say with --oidc-group which group of the provider they are in"
        return Finding(STAGE, Outcome.REFUSED, found.refusal, hint, source=found.position)

    def requester(self, namespace: str) -> Requester:
        """Who asks, with the one right that policies ask about."""
        may = (right("get", "", "secrets", namespace),) if self._answer("get", namespace, "secrets", "").reasons else ()
        return Requester(who.login(self.state.clusters[self.cluster].site, self.state.model.users[self.user]), may)

    def _answer(self, verb: str, namespace: str, resource: str, api_group: str) -> answer.Answer:
        asked = question.ask(
            self.state,
            user=self.user,
            verb=verb,
            resource=f"{resource}.{api_group}" if api_group else resource,
            namespace=namespace,
            cluster=self.cluster,
            oidc_groups=self.oidc_groups,
        )
        return answer.answer(self.state, asked)


def asker(model: Model, user: str, cluster: str, oidc_groups: tuple[str, ...]) -> Asker:
    return Asker(state.of(model), user, cluster, oidc_groups)
