"""``cubec explain``."""

from datetime import date
from pathlib import Path

import click

from cubec.cli import options, status, workspace


@click.command("explain")
@click.argument("reference", metavar="REF")
@options.root()
@options.as_of()
def command(*, reference: str, root: Path | None, as_of: date | None) -> int:
    """Explain a diagnostic, or an object of the output.

    REF is a diagnostic's code: what it means, why it matters, a bad and a good example. Or it is an object, CLUSTER/NAMESPACE/KIND/NAME
    or CLUSTER/KIND/NAME, or a file below output/: which line asked for it, and which part of cubec made it. With #FIELD
    behind it, as in ack/dev1/ResourceQuota/quota#spec.hard.pods: where the field has its value from.

    Exit status: 0 explained, 1 the tree has errors.
    """
    if "/" in reference:
        return _object(reference, root, as_of)
    return _code(reference)


def _code(code: str) -> int:
    from cubec import rules
    from cubec.near import near_miss

    found = rules.by_code()
    if code not in found:
        meant = near_miss(code, list(found))
        suggestion = f'did you mean "{meant}"?' if meant else "cubec codes lists them all"
        raise click.UsageError(f'no diagnostic has the code "{code}"; {suggestion}')
    rule = found[code]
    click.echo(f"{rule.code} ({rule.severity}): {rule.summary}\n\n{rule.page.strip()}")
    return status.CLEAN


def _object(reference: str, root: Path | None, as_of: date | None) -> int:
    from cubec import pipeline
    from cubec.plan import explained
    from cubec.report import explained as report

    work, model = workspace.sound(root, as_of)
    client = explained.of_client(model, reference)
    if client:
        click.echo(report.client(reference, *client), nl=False)
        return status.CLEAN
    parts = [part for site in model.sites.values() for part in pipeline.site_parts(site)]
    parts += [part for placement in model.placements for part in pipeline.placement_parts(placement)]
    try:
        found = explained.explain(model, reference, parts)
    except explained.UnknownError as error:
        raise click.UsageError(str(error)) from error
    click.echo(report.text(found, work.files), nl=False)
    return status.CLEAN
