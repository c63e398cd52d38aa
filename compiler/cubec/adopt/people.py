"""The subjects of role bindings to users, and to members of groups."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from cubec.adopt.naming import Names
from cubec.adopt.observed import Object, Observed, listed, name, ours
from cubec.adopt.pools import group_of
from cubec.adopt.residue import Residue
from cubec.adopt.rights import Roles
from cubec.model.ids import next_free
from cubec.source.quoting import TEMPLATE

Spec = dict[str, Any]
Subject = tuple[str, str, str]  # kind, namespace, name

_ACCOUNT, _USER, _GROUP = "ServiceAccount", "User", "Group"
_SYSTEM = "system:"
_WORKLOAD = frozenset({"default", "workload"})  # accounts that pods run as
_STARTS_PODS = frozenset({"developer", "owner"})
_STRENGTH = ("owner", "developer", "operator", "viewer")
_LONGEST = 253
_FIRST_UID = 20000
_RESERVED = frozenset({"default", "root", "operator", "cubec", "platform", "system", "upkeep"})


class People:
    """Users and memberships. ``accounts`` is the namespace of people's ServiceAccounts, ``prefix`` what OIDC names begin with."""

    def __init__(self, seen: Observed, accounts: str, roles: Roles, residue: Residue) -> None:
        self._seen, self._accounts, self._roles, self._residue = seen, accounts, roles, residue
        self._groups = {name(item): group_of(item) for item in seen.namespaces}
        self._names, self._users = Names(_RESERVED), dict[Subject, str]()
        self.prefix = _prefix(self._bound())
        self.oidc = bool(self.prefix) and not any(self._is_person(subject) for subject in self._bound())
        self.members: dict[str, list[Spec]] = {
            group: self._members(group) for group in sorted(set(self._groups.values()))
        }
        for account in seen.within(_ACCOUNT, accounts):
            if ours(account) and not self.oidc:
                self._who((_ACCOUNT, accounts, name(account)))
        self.platform_roles = dict(self._platform())
        self._cluster_wide()
        self._bindingless()

    @property
    def users(self) -> dict[str, Spec]:
        """Every user's spec."""
        uids = self._uids()
        found: dict[str, Spec] = {}
        for subject, user in sorted(self._users.items(), key=lambda item: item[1]):
            found[user] = {"uid": uids[user]}
            if user in self.platform_roles:
                found[user]["platformRole"] = self.platform_roles[user]
            if subject[0] == _USER and subject[2].removeprefix(self.prefix) != user:
                found[user]["subject"] = subject[2].removeprefix(self.prefix)
        return found

    def _bound(self) -> list[Subject]:
        bindings = (item for space in self._groups for item in self._seen.within("RoleBinding", space))
        return [_subject(binding, one) for binding in bindings for one in binding.get("subjects") or ()]

    def _is_person(self, subject: Subject) -> bool:
        kind, space, called = subject
        return kind == _ACCOUNT and called not in _WORKLOAD and (space == self._accounts or space in self._groups)

    def _members(self, group: str) -> list[Spec]:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for space in (space for space, owner in self._groups.items() if owner == group):
            for binding in self._seen.within("RoleBinding", space):
                if ours(binding) and name(binding).startswith("cubec--"):
                    continue  # what the upkeep jobs and workflows need comes back by itself
                self._bindings(group, binding, found)
        return [self._member(group, who, given) for who, given in sorted(found.items())]

    def _bindings(self, group: str, binding: Object, found: dict[tuple[str, str], set[str]]) -> None:
        role = self._roles.of(binding)
        for one in binding.get("subjects") or ():
            # a binding of the compiler's own has the name that the document gave to the person
            who = self._who(_subject(binding, one), name(binding).rpartition("--")[2] if ours(binding) else "")
            if who is None:
                self._residue.left(
                    binding, "RoleBinding", f"{_told(one)} is nobody that a document can name", "subjects"
                )
            elif not role:
                ref = binding["roleRef"]
                why = f"{_told(one)} has {ref['kind']} {ref['name']}, which is no role that a document can give"
                self._residue.left(binding, "RoleBinding", why, "roleRef")
            else:
                found[who].add(role)
                if name(binding) != f"{role}--{_called(who)}":
                    why = f'the documents make a RoleBinding "{role}--{_called(who)}" of it: delete this one afterwards'
                    self._residue.replaced(binding, "RoleBinding", why)

    def _member(self, group: str, who: tuple[str, str], given: set[str]) -> Spec:
        """A member has one role: of several the strongest of the built-in ones, or else the first."""
        order = {role: n for n, role in enumerate(_STRENGTH)}
        best, *others = sorted(given, key=lambda role: (order.get(role, len(order)), role))
        for role in others:
            why = f"{who[1]} has role {role}, too, and a member has one: {best} was written"
            self._residue.invent("Group", group, why, "members")
        return {who[0]: who[1], "role": best}

    def _who(self, subject: Subject, wish: str = "") -> tuple[str, str] | None:
        kind, space, called = subject
        if kind == _ACCOUNT and not self.oidc and self._is_person(subject):
            if subject not in self._users:
                self._users[subject] = self._names.give(called, f"{called}-{space}")
                if space != self._accounts:
                    self._moved(subject)
            return "user", self._users[subject]
        if not self.oidc or called.startswith(_SYSTEM) or not called.startswith(self.prefix) or not _plain(called):
            return None
        if kind == _GROUP:
            return "oidcGroup", called.removeprefix(self.prefix)
        if subject not in self._users:
            self._users[subject] = self._names.give(wish or called.removeprefix(self.prefix).partition("@")[0])
        return "user", self._users[subject]

    def _moved(self, subject: Subject) -> None:
        _, space, called = subject
        account = {"metadata": {"name": called, "namespace": space}}
        why = (
            f'user "{self._users[subject]}" gets an account in {self._accounts}: hand out new credentials, then delete '
            "this account, whose tokens stay valid until then"
        )
        self._residue.replaced(account, "ServiceAccount", why)

    def _platform(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for binding in self._seen.all("ClusterRoleBinding"):
            role = binding["roleRef"]["name"].removeprefix("cubec:platform-")
            if ours(binding) and binding["roleRef"]["name"] == f"cubec:platform-{role}" and role in {"admin", "viewer"}:
                wish = name(binding).rpartition("--")[2]
                who = [self._who(_subject(binding, one), wish) for one in binding.get("subjects") or ()]
                found |= {one[1]: role for one in who if one and one[0] == "user"}
        return found

    def _cluster_wide(self) -> None:
        """What a person, or an account of a group, has in the whole cluster is nothing that a group's document may give."""
        for binding in self._seen.all("ClusterRoleBinding"):
            if ours(binding):
                continue
            for one in binding.get("subjects") or ():
                subject = _subject(binding, one)
                if subject in self._users or subject[1] in self._groups:
                    why = f"it gives {_told(one)} {binding['roleRef']['name']} in the whole cluster"
                    self._residue.left(binding, "ClusterRoleBinding", why)

    def _bindingless(self) -> None:
        """Roles of the groups' namespaces that nobody is bound to."""
        bound = {
            (space, binding["roleRef"]["name"])
            for space in self._groups
            for binding in self._seen.within("RoleBinding", space)
            if binding["roleRef"]["kind"] == "Role"
        }
        for space in self._groups:
            for role in self._seen.within("Role", space):
                if (space, name(role)) not in bound:
                    self._residue.left(role, "Role", "nobody is bound to it")

    def _uids(self) -> dict[str, int]:
        """Whose number is which stands in no object: it follows where a namespace lists one number and has one such member."""
        possible = {user: set[int]() for user in self._users.values()}
        listed_somewhere: set[int] = set()
        for item in self._seen.namespaces:
            told = {int(uid) for uid in listed(item, "cubec.io/uids") if uid.isdecimal() and int(uid) >= 1000}  # noqa: PLR2004
            listed_somewhere |= told
            for member in self.members[group_of(item)]:
                user = member.get("user", "")
                if user in possible and member["role"] in _STARTS_PODS:
                    possible[user] = possible[user] & told if possible[user] else told
        return self._given(possible, listed_somewhere)

    def _given(self, possible: Mapping[str, set[int]], known: set[int]) -> dict[str, int]:
        found: dict[str, int] = {}
        last = _FIRST_UID
        for user in sorted(possible, key=lambda user: (len(possible[user]) or len(known) + 1, user)):
            free = sorted(possible[user] - set(found.values()))
            if free:
                found[user] = free[0]
            else:
                last = found[user] = next_free(last, {*known, *found.values()}, ())
            if len(free) != 1:
                self._residue.invent("User", user, "no object says which number is this person's", "uid")
        return found


def _subject(binding: Object, one: Mapping[str, str]) -> Subject:
    return one["kind"], one.get("namespace", "") if one["kind"] == _ACCOUNT else "", one["name"]


def _prefix(subjects: list[Subject]) -> str:
    """What the names of people and groups from a provider begin with, up to a colon or a hash."""
    called = [text for kind, _, text in subjects if kind != _ACCOUNT and not text.startswith(_SYSTEM)]
    found = {text[: max(text.rfind(":"), text.rfind("#")) + 1] for text in called}
    return found.pop() if len(found) == 1 else ""


def _plain(called: str) -> bool:
    """Whether a document may say a name that somebody wrote into a binding: the API server takes any text."""
    return called.isprintable() and len(called) <= _LONGEST and not TEMPLATE.search(called)


def _called(who: tuple[str, str]) -> str:
    return who[1] if who[0] == "user" else f"oidc--{who[1]}"


def _told(one: Mapping[str, str]) -> str:
    space = f"{one['namespace']}/" if one.get("namespace") else ""
    return f"{one['kind']} {space}{one['name']}"
