"""People as documents name them, and as the API server of a cluster knows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cubec.model import names
from cubec.model.model import Model, Site
from cubec.model.tenants import User
from cubec.plan.rbac import ACCOUNT, ACCOUNTS, EVERYBODY, Key, Subject

USER, GROUP, EVERYONE, ACCOUNT_OF_WORK = "user", "group", "everyone", "account"
_ORDER = (USER, GROUP, EVERYONE, ACCOUNT_OF_WORK)


@dataclass(frozen=True, slots=True)
class Who:
    """Who has rights: a person, a group of the identity provider, everybody with an account, or an account that work runs as.

    ``login`` is the name that the API server knows.
    """

    kind: str
    name: str
    login: str

    @property
    def order(self) -> tuple[int, str, str]:
        return _ORDER.index(self.kind), self.name, self.login

    def __str__(self) -> str:
        return self.name if self.kind == USER else f"{self.kind} {self.name}"


def login(site: Site, user: User) -> str:
    """The name by which the cluster knows a person."""
    subject = names.user_subject(site, user.name, user.subject)
    return f"{ACCOUNT}{subject['namespace']}:{user.name}" if subject["kind"] == "ServiceAccount" else subject["name"]


def subject(site: Site, user: User, oidc_groups: Iterable[str] = ()) -> Subject:
    """A person as they come to the cluster; which groups of the provider they are in, only the provider knows."""
    if site.cluster.identity.mode == "oidc":
        prefix = site.cluster.identity.groups_prefix
        return Subject(login(site, user), (*(prefix + group for group in oidc_groups), EVERYBODY))
    groups = (ACCOUNTS, f"{ACCOUNTS}:{site.platform.identity_namespace}", EVERYBODY)
    return Subject(login(site, user), groups)


def people(model: Model, site: Site) -> Mapping[str, Who]:
    """Everybody who has a document, by login."""
    return {(name := login(site, user)): Who(USER, user.name, name) for user in model.users.values()}


def identify(known: Mapping[str, Who], site: Site, key: Key) -> Who:
    """Who it is that a binding names."""
    kind, name = key
    if kind == "User":
        return known.get(name) or Who(ACCOUNT_OF_WORK, name.removeprefix(ACCOUNT).replace(":", "/"), name)
    if name.startswith(ACCOUNTS):
        return Who(EVERYONE, "with an account", name)
    return Who(GROUP, name.removeprefix(site.cluster.identity.groups_prefix), name)
