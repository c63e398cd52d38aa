"""``cubec explain``."""

import click

from cubec.cli import status


@click.command("explain")
@click.argument("code")
def command(code: str) -> int:
    """Print the page of a diagnostic CODE: what it means, why it matters, a bad and a good example."""
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
