"""Two users have one uid, or two groups have one gid.

File servers know people and groups by their Linux ids alone: whoever shares an id with another can read and delete the
other's files. Uids and gids are counted apart, so a user and a group may have the same number.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20001}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003}
"""

from collections.abc import Container, Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.ids import next_free
from cubec.model.model import Model
from cubec.source.document import Origin

RULE = Rule("duplicate-id", Severity.ERROR, "two users have one uid, or two groups have one gid", __doc__ or "")

_Ids = list[tuple[str, int, Origin]]  # name, number, document


def check(model: Model) -> Iterator[Diagnostic]:
    users = [(user.name, user.uid, user.origin) for user in model.users.values()]
    groups = [(group.name, group.gid, group.origin) for group in model.groups.values()]
    yield from _twice("uid", "user", users, model.platform.retired_uids)
    yield from _twice("gid", "group", groups, model.platform.retired_uids)


def _twice(field: str, kind: str, ids: _Ids, retired: Container[int]) -> Iterator[Diagnostic]:
    seen: dict[int, tuple[str, Origin]] = {}
    for name, number, origin in ids:
        holder, first = seen.setdefault(number, (name, origin))
        if first is not origin:
            free = next_free(number, {taken for _, taken, _ in ids}, retired)
            yield RULE.at(
                origin.at("spec", field),
                f'{field} {number} is already that of {kind} "{holder}"',
                hint=f"write a {field} that nobody has, such as {free}",
                related=[Related(first.at("spec", field), f'{kind} "{holder}" has it')],
            )
