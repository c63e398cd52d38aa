"""``cubec seal``."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cubec.cli import options, status, workspace

if TYPE_CHECKING:
    from cubec.diagnostics import Diagnostic
    from cubec.model.model import Model
    from cubec.model.tenants import Registry
    from cubec.sealing.entry import Entry, Sealer
    from cubec.sealing.targets import Target


class _Discreet(click.Command):
    """A command that does not repeat arguments that it cannot use: one of them may be a password."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter:
            raise
        except click.UsageError:
            raise click.UsageError(
                "there is an argument that this command does not have. A login is never an argument, which others could "
                "read: give it on standard input",
                ctx,
            ) from None


@click.command("seal", cls=_Discreet)
@click.argument("registry", required=False)
@click.option(
    "--cluster",
    "clusters",
    metavar="NAME",
    multiple=True,
    help="For this cluster. Default: all that take encrypted logins.",
)
@click.option(
    "-n", "--namespace", "namespaces", metavar="NAME", multiple=True, help="Only for this namespace. May be repeated."
)
@click.option(
    "--group", "groups", metavar="NAME", multiple=True, help="Only for this group's namespaces. May be repeated."
)
@click.option(
    "--username", metavar="NAME", help="The user whose password or token is given. Without it: Docker's config.json."
)
@click.option("--from", "path", metavar="FILE", help="A file of your own with mode 0600. Default: standard input.")
@click.option("--missing", is_flag=True, help="Say which encrypted logins are not there, and read none.")
@options.root()
@options.as_of()
def command(
    *,
    registry: str | None,
    clusters: tuple[str, ...],
    namespaces: tuple[str, ...],
    groups: tuple[str, ...],
    username: str | None,
    path: str | None,
    missing: bool,
    root: Path | None,
    as_of: date | None,
) -> int:
    """Encrypt the login to REGISTRY for the clusters that need it, and print what goes into its document.

    The password or token comes from standard input, from the terminal without echo, or from a private file; never from an argument
    or the environment. Each namespace gets a text of its own where a cluster has Sealed Secrets, which opens nowhere else.

    Exit status: 0 printed, or nothing is missing, 1 the tree has errors, 6 with --missing: some are.
    """
    from cubec.cli import plaintext
    from cubec.sealing import targets
    from cubec.sealing.errors import LoginError

    plaintext.protect()
    if missing and (clusters or namespaces or groups or username is not None or path is not None):
        raise click.UsageError("--missing goes with REGISTRY or stands alone: leave out the other options")
    if not missing and registry is None:
        raise click.UsageError("say which REGISTRY the login is for")
    work = workspace.read(root, as_of)
    model = work.analysis.model
    if model is None or not model.complete:
        options.report(work.analysis.diagnostics, work.files, "text")
        return status.INPUT
    try:
        if missing:
            return _tell_missing(model, registry)
        found = targets.registry(model, registry or "")
        chosen = targets.targets(model, found, clusters, groups, namespaces)
        sealers, problems = _sealers(chosen)
        if problems:
            options.report(problems, work.files, "text")
            return status.INPUT
        content = plaintext.login(found.server, username, path)
    except (targets.TargetError, LoginError) as error:
        raise click.UsageError(str(error)) from None
    _print(found, chosen, {name: seal(content) for name, seal in sealers.items()})
    return status.CLEAN


def _tell_missing(model: "Model", registry: str | None) -> int:
    """The answer is no where one is missing."""
    from cubec.sealing.targets import missing

    found = list(missing(model, (registry,) if registry else ()))
    for item in found:
        click.echo(f"{item.registry.name} on {item.cluster.name}: {', '.join(item.wanted)}")
    if not found:
        click.echo("every encrypted login is there")
    return status.NO if found else status.CLEAN


def _sealers(chosen: "Sequence[Target]") -> "tuple[dict[str, Sealer], list[Diagnostic]]":
    """What encrypts for each cluster, made before anybody is asked for a login."""
    from cubec.checks.sealing_key import RULE
    from cubec.sealing.entry import sealer
    from cubec.sealing.errors import SealingKeyError

    now, sealers, problems = datetime.now(UTC), {}, []
    for target in chosen:
        cluster = target.cluster
        try:
            sealers[cluster.name] = sealer(target, now, secrets.token_bytes)
        except SealingKeyError as error:
            place = cluster.origin.at("spec", *error.pointer)
            problems.append(RULE.at(place, f'{error} (cluster "{cluster.name}")', hint=error.hint, excerpt=False))
    return sealers, problems


def _print(registry: "Registry", chosen: "Sequence[Target]", entries: "Mapping[str, Entry]") -> None:
    """The lines to paste, all at once, and beside them what they are and where they go."""
    from cubec.sealing.entry import fragment
    from cubec.source.quoting import printable

    made = fragment(registry, entries)
    click.echo(made.text, nl=False)
    for target in chosen:
        click.echo(
            f'cluster "{target.cluster.name}": Secret "{registry.secret_name}" in {", ".join(target.wanted)}', err=True
        )
    there = [f'"{name}"' for name in entries if name in registry.sealed or name in registry.sops]
    instead = f", in place of what stands there for {' and '.join(there)}" if there else ""
    lines = " Write it on several lines first, without its braces." if made.braced else ""
    click.echo(f'Put these lines below "{made.below}" at {printable(str(made.position))}{instead}.{lines}', err=True)
