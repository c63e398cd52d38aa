"""``cubec kubeconfig``."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cubec import yaml_text
from cubec.cli import live, options, status, workspace
from cubec.model import kubeconfig as config
from cubec.name import is_name
from cubec.near import near_miss
from cubec.source.quoting import quoted
from cubec.writer import private

if TYPE_CHECKING:
    from cubec.cluster import Cluster
    from cubec.model.model import Model, Site

_BEGINS = b"# Made by cubec kubeconfig for "
_HOURS = click.IntRange(1, 24 * 7)


@click.command("kubeconfig")
@click.argument("user", metavar="USER")
@click.option(
    "--cluster", "name", metavar="NAME", default="", help="Into which cluster; needed where there are several."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: USER@CLUSTER.kubeconfig, here."
)
@click.option(
    "--hours", type=_HOURS, default=8, show_default=True, help="How long a token lasts, if the server agrees."
)
@click.option("--revoke", is_flag=True, help="End every token that this command gave USER on that cluster.")
@live.kubeconfig()
@live.context()
@live.other_server()
@options.root()
@options.as_of()
def command(
    *,
    user: str,
    name: str,
    output: Path | None,
    hours: int,
    revoke: bool,
    file: Path | None,
    context: str | None,
    other_server: bool,
    root: Path | None,
    as_of: date | None,
) -> int:
    """Write USER's way into a cluster to a file that only its owner can read.

    Where people have ServiceAccounts it holds a token that does not last long and can be revoked; that takes an
    administrator's access to the cluster. Where they log in at an identity provider it holds no secret and takes no cluster.

    Exit status: 0 written, or revoked, 1 the tree has errors, 5 the cluster refuses, or the file cannot be written.
    """
    _, model = workspace.sound(root, as_of)
    site = live.site(model.sites, name)
    accounts = site.cluster.identity.mode == "serviceaccount"
    if revoke:
        if not accounts:
            raise click.UsageError(
                f'cluster "{site.cluster.name}" issues no tokens: people log in at {site.cluster.identity.issuer}'
            )
        return _revoke(_connect(site, file, context, consent=other_server), site, user)
    namespaces = _namespaces(model, site, user)
    target = output or Path(f"{user}@{site.cluster.name}.kubeconfig")
    if not accounts:
        return _with_login(site, user, namespaces, target)
    server = _connect(site, file, context, consent=other_server)
    return _with_token(server, site, user, namespaces=namespaces, target=target, lasting=timedelta(hours=hours))


def _connect(site: "Site", file: Path | None, context: str | None, *, consent: bool) -> "Cluster":
    from cubec import cluster

    server = cluster.from_kubeconfig(file, context)
    live.check_server(server.server, site.cluster.server, site.cluster.name, consent=consent)
    return server


def _namespaces(model: "Model", site: "Site", user: str) -> list[str]:
    """Where the user works on this cluster; a usage error for somebody who has no access there."""
    if user not in model.users:
        near = near_miss(user, model.users)
        hint = f'did you mean "{near}"?' if near else "people are declared in documents of kind User"
        raise click.UsageError(f"unknown user {quoted(user)}; {hint}")
    person = next((known for known in site.users if known.name == user), None)
    if person is None:
        raise click.UsageError(f'the access of "{user}" has expired')
    own = [placement for placement in model.placements if placement.site is site]
    member = [placement for placement in own if any(binding.user is person for binding in placement.bindings)]
    if not member and not person.platform_role:
        raise click.UsageError(f'"{user}" is in no group that is placed on cluster "{site.cluster.name}"')
    return [namespace.name for placement in member for namespace in placement.namespaces]


def _with_login(site: "Site", user: str, namespaces: list[str], target: Path) -> int:
    login = config.oidc_login(site.cluster.identity)
    with private.replacing(target, begins=_BEGINS) as file:
        file.write(_text(site, user, namespaces, login))
    click.echo(f"wrote {target}, which holds no secret; logging in takes the kubectl plugin oidc-login", err=True)
    return status.CLEAN


def _with_token(
    server: "Cluster", site: "Site", user: str, *, namespaces: list[str], target: Path, lasting: timedelta
) -> int:
    from cubec import credentials

    with private.replacing(target, begins=_BEGINS) as file:
        token = credentials.issue(server, user, site.platform.identity_namespace, lasting)
        file.write(_text(site, user, namespaces, {"token": token.text}))
    click.echo(
        f"wrote {target}, which only you can read; the token in it ends {token.until:%Y-%m-%d %H:%M} UTC", err=True
    )
    click.echo(f"to end it before: cubec kubeconfig {user} --cluster {site.cluster.name} --revoke", err=True)
    return status.CLEAN


def _revoke(server: "Cluster", site: "Site", user: str) -> int:
    """Somebody who has left the documents can still be revoked, so any name will do."""
    from cubec import credentials

    if not is_name(user):
        raise click.UsageError(f"{quoted(user)} is not the name of a user")
    ended = credentials.revoke(server, user, site.platform.identity_namespace)
    what = "every token that was issued has ended" if ended else "no token was issued, so there is nothing to end"
    click.echo(f"{user} on cluster {site.cluster.name}: {what}", err=True)
    return status.CLEAN


def _text(site: "Site", user: str, namespaces: list[str], login: Mapping[str, Any]) -> bytes:
    made = _BEGINS.decode() + f"{user} on cluster {site.cluster.name}.\n"
    return (made + yaml_text.document(config.config(site.cluster, namespaces, login))).encode()
