"""``cubec can``."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cubec.cli import options, status, workspace

if TYPE_CHECKING:
    from cubec.plan.question import Question
    from cubec.plan.state import State


@click.command("can")
@click.argument("user", required=False, metavar="USER")
@click.argument("verb", required=False, metavar="VERB")
@click.argument("resource", required=False, metavar="RESOURCE[/SUBRESOURCE][.GROUP]")
@click.option("-n", "--namespace", metavar="NAME", default="", help="Where. Without it: in the whole cluster.")
@click.option("--cluster", metavar="NAME", default="", help="On which cluster; needed where several fit.")
@click.option("--name", metavar="NAME", default="", help="Of this one object, where a role is for some objects only.")
@click.option(
    "--group",
    "groups",
    metavar="NAME",
    multiple=True,
    help="A group of the identity provider that the user is in. May be repeated.",
)
@click.option("--all", "everybody", is_flag=True, help="Who has which role where, instead of an answer.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How the answer is printed."
)
@options.root()
@options.as_of()
def command(
    *,
    user: str | None,
    verb: str | None,
    resource: str | None,
    namespace: str,
    cluster: str,
    name: str,
    groups: tuple[str, ...],
    everybody: bool,
    form: str,
    root: Path | None,
    as_of: date | None,
) -> int:
    """Answer whether USER may do VERB to RESOURCE, and through which line, from the sources alone.

    What Kubernetes itself lets everybody do is not counted.

    Exit status: 0 yes, 1 the tree has errors, 6 no.
    """
    from cubec.plan import question, state

    if everybody == bool(user) or (user and not resource):
        raise click.UsageError("say USER VERB RESOURCE, or --all alone")
    _, model = workspace.sound(root, as_of, form)
    known = state.of(model)
    place = {"cluster": cluster, "namespace": namespace}
    try:
        if everybody:
            return _matrix(known, form, **place)
        asked = {"user": user or "", "verb": verb or "", "resource": resource or "", "name": name, **place}
        return _answer(known, question.ask(known, **asked, oidc_groups=groups), form)
    except question.UnknownError as error:
        raise click.UsageError(str(error)) from error


def _matrix(known: "State", form: str, *, cluster: str, namespace: str) -> int:
    from cubec.plan import answer, question
    from cubec.report import permission

    question.check_place(known, cluster, namespace)
    found = answer.matrix(known, cluster=cluster, namespace=namespace)
    click.echo(permission.matrix_json(found) if form == "json" else permission.matrix(found), nl=False)
    return status.CLEAN


def _answer(known: "State", asked: "Question", form: str) -> int:
    from cubec.plan import answer
    from cubec.report import permission

    given = answer.answer(known, asked)
    click.echo(permission.as_json(given) if form == "json" else permission.text(given), nl=False)
    return status.CLEAN if given.reasons else status.NO
