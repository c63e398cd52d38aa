"""``cubec try``."""

import sys
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from cubec.cli import options, status, workspace

if TYPE_CHECKING:
    from cubec.model.model import Model, Placement
    from cubec.model.quantity import Quantity
    from cubec.rehearsal.emitted import Emitted
    from cubec.rehearsal.rights import Asker


class _Objects(click.File):
    """A file, or standard input where there is one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "-" and sys.stdin is None:
            self.fail("standard input is closed: give the objects there, or name a file", param, ctx)
        return super().convert(value, param, ctx)


@click.command("try")
@click.option(
    "-f",
    "--file",
    "file",
    type=_Objects("rb"),
    metavar="FILE",
    required=True,
    help="Objects in YAML, or - for standard input.",
)
@click.option("--group", metavar="NAME", required=True, help="Whose namespaces they go to.")
@click.option("--cluster", metavar="NAME", default="", help="On which cluster; needed where the group is on several.")
@click.option(
    "-n",
    "--namespace",
    metavar="NAME",
    default="",
    help="Where objects go that name no namespace. Default: the group's first.",
)
@click.option("--user", metavar="NAME", default="", help="Who submits them; without it nobody's rights are asked.")
@click.option(
    "--oidc-group",
    "oidc_groups",
    metavar="NAME",
    multiple=True,
    help="A group of the identity provider that the user is in. May be repeated.",
)
@click.option(
    "--used",
    multiple=True,
    metavar="RESOURCE=AMOUNT",
    help="What of the namespace's quota is in use, as in pods=3. May be repeated.",
)
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How the rehearsal is printed."
)
@options.root()
@options.as_of()
def command(
    *,
    file: IO[bytes],
    group: str,
    cluster: str,
    namespace: str,
    user: str,
    oidc_groups: tuple[str, ...],
    used: tuple[str, ...],
    form: str,
    root: Path | None,
    as_of: date | None,
) -> int:
    """Rehearse offline what a cluster would do with the objects of a file.

    They go through defaults, placement, Pod Security, the platform's policies, quota, queue and pools, as a build of this tree would
    have them.

    Exit status: 0 all of them are admitted, perhaps after waiting, 1 the tree or the file has errors, 6 one is refused or would
    never start.
    """
    _, model = workspace.sound(root, as_of, form)
    placement = _placement(model, group, cluster)
    names = _namespaces(placement, namespace)
    asker = _asker(model, user, placement.site.cluster.name, oidc_groups)
    return _rehearse(model, placement, file=file, names=names, asker=asker, used=used, form=form)


def _rehearse(
    model: "Model",
    placement: "Placement",
    *,
    file: IO[bytes],
    names: tuple[str, ...],
    asker: "Asker | None",
    used: tuple[str, ...],
    form: str,
) -> int:
    from cubec import pipeline
    from cubec.rehearsal import emitted, rehearse, rights, submitted
    from cubec.report import rehearsal as report
    from cubec.source.characters import MAX_BYTES

    path, data = getattr(file, "name", "<stdin>"), file.read(MAX_BYTES + 1)
    objects, problems = submitted.read(path, data, names)
    if problems or not objects:
        options.report(problems, {path: data}, form)
        return status.INPUT
    parts = [*pipeline.site_parts(placement.site), *pipeline.placement_parts(placement)]
    made = emitted.gather(model, placement, parts)
    stage = rehearse.Stage(made, asker, names[0], _used(made, names[0], used))
    try:
        found = rehearse.rehearse(stage, objects)
    except rights.UnknownError as error:
        raise click.UsageError(str(error)) from error
    click.echo(report.as_json(found) if form == "json" else report.text(found), nl=False)
    return status.CLEAN if found.admitted else status.NO


def _asker(model: "Model", user: str, cluster: str, oidc_groups: tuple[str, ...]) -> "Asker | None":
    from cubec.rehearsal import rights

    if not user:
        if oidc_groups:
            raise click.UsageError("--oidc-group says which groups a user is in: name the user with --user")
        return None
    return rights.asker(model, user, cluster, oidc_groups)


def _placement(model: "Model", group: str, cluster: str) -> "Placement":
    if group not in model.groups:
        raise _unknown("group", group, list(model.groups))
    placements = {item.site.cluster.name: item for item in model.placements if item.group.name == group}
    if not cluster and len(placements) == 1:
        return next(iter(placements.values()))
    if not cluster:
        where = f"on {' and '.join(placements)}: say --cluster" if placements else "on no cluster"
        raise click.UsageError(f'group "{group}" is {where}')
    if cluster not in placements:
        raise _unknown("cluster", cluster, list(placements), f' of group "{group}"')
    return placements[cluster]


def _namespaces(placement: "Placement", first: str) -> tuple[str, ...]:
    """The group's namespaces, the one that counts by default first."""
    names = [item.name for item in placement.namespaces]
    if first and first not in names:
        raise _unknown("namespace", first, names, f' of group "{placement.group.name}"')
    return tuple(sorted(names, key=lambda name: name != first)) if first else tuple(names)


def _used(made: "Emitted", namespace: str, words: tuple[str, ...]) -> "dict[str, Quantity]":
    from cubec.model.quantity import QuantityError, parse
    from cubec.rehearsal import queue, quota

    known = [*quota.entries(made, namespace), *queue.entries(made, namespace)]
    found = {}
    for word in words:
        name, equals, amount = word.partition("=")
        if not equals:
            raise click.UsageError(f'--used "{word}" is no RESOURCE=AMOUNT, as in pods=3')
        if name not in known:
            raise _unknown("resource", name, known, f' in the quota and the queue of "{namespace}"')
        try:
            found[name] = parse(amount)
        except QuantityError as error:
            raise click.UsageError(f'--used {name}: "{amount}" {error}') from error
    return found


def _unknown(what: str, word: str, known: list[str], of: str = "") -> click.UsageError:
    from cubec.near import near_miss
    from cubec.source.quoting import quoted

    meant = near_miss(word, known)
    hint = f'did you mean "{meant}"?' if meant else f"there are {', '.join(sorted(known))}"
    return click.UsageError(f"unknown {what} {quoted(word)}{of}; {hint}")
