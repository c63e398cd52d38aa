"""``cubec codes``."""

import json

import click

from cubec.cli import status


@click.command("codes")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How the list is printed.")
def command(form: str) -> int:
    """List the diagnostics: code, severity, and what each means. `cubec explain CODE` says more."""
    from cubec import rules

    found = rules.by_code()
    if form == "json":
        click.echo(
            json.dumps(
                [{"code": r.code, "severity": str(r.severity), "summary": r.summary} for r in found.values()], indent=2
            )
        )
        return status.CLEAN
    width = max(map(len, found))
    for rule in found.values():
        click.echo(f"{rule.code.ljust(width)}  {str(rule.severity).ljust(7)}  {rule.summary}")
    return status.CLEAN
