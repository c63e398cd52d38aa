"""A user or a group has a Linux id that was retired.

When people leave, their files stay on the file servers and in backups, under their numbers. Whoever gets such a number
again owns those files. So the Platform lists under `retiredUids` the uids and gids that nobody may have any more.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 29999}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.ids import next_free
from cubec.model.model import Model
from cubec.source.document import Origin

RULE = Rule("retired-id", Severity.ERROR, "a user or a group has a Linux id that was retired", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    retired = model.platform.retired_uids
    for user in model.users.values() if retired else ():
        if user.uid in retired:
            used = {other.uid for other in model.users.values()}
            yield _retired("uid", user.uid, user.origin, next_free(user.uid, used, retired), model)
    for group in model.groups.values() if retired else ():
        if group.gid in retired:
            used = {other.gid for other in model.groups.values()}
            yield _retired("gid", group.gid, group.origin, next_free(group.gid, used, retired), model)


def _retired(field: str, number: int, origin: Origin, free: int, model: Model) -> Diagnostic:
    platform = model.platform.origin
    n = platform.document.value["spec"]["retiredUids"].index(number)
    return RULE.at(
        origin.at("spec", field),
        f"{field} {number} is retired: files of somebody who left may still carry it",
        hint=f"write a {field} that nobody ever had, such as {free}",
        related=[Related(platform.at("spec", "retiredUids", n), "it was retired")],
    )
