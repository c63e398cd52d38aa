"""``cubec completion``."""

import click
from click.shell_completion import get_completion_class

from cubec.cli import status


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "fish", "zsh")))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of SHELL: `eval "$(cubec completion bash)"`."""
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"{shell} is not known")
    click.echo(completion(context.find_root().command, {}, "cubec", "_CUBEC_COMPLETE").source())
    return status.CLEAN
