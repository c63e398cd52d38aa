"""The command line: arguments to keyword arguments to an exit status, and nothing else."""

import atexit
import gc
import os
import signal
import sys
from importlib import import_module
from keyword import iskeyword
from types import FrameType
from typing import NoReturn

import click

from cubec import __version__
from cubec.cli import status, streams

# Name, and what --help says of it; a command's module is imported when the command is called.
COMMANDS = {
    "build": "Check, then write output/.",
    "can": "Say who may do what, and through which line.",
    "check": "Check everything that can be known offline.",
    "codeowners": "Write the owners of groups into CODEOWNERS.",
    "codes": "List the diagnostics.",
    "commit": "Build, and commit sources and output with a message that says what changed.",
    "completion": "Print the completion script of a shell.",
    "drift": "Compare a live cluster with what the sources make.",
    "explain": "Explain a diagnostic, or an object of the output.",
    "import": "Write tenant files of what a live cluster holds.",
    "init": "Make a new platform repository.",
    "kubeconfig": "Write a person's way into a cluster to a file.",
    "plan": "Say what merging will do, and refuse what must not happen by accident.",
    "reconcile": "Run an upkeep task: say what it would do, or do it.",
    "report": "Show the whole platform as one HTML page.",
    "schema": "Print or write the schemas that editors use.",
    "seal": "Encrypt a registry's login for the clusters that need it.",
    "try": "Rehearse offline what a cluster would do with a job.",
}


_COMPLETE = "_CUBEC_COMPLETE"


class Commands(click.Group):
    """A group whose commands are imported one at a time, so that starting is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"cubec.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from cubec.near import near_miss
            from cubec.source.quoting import quoted

            near = near_miss(args[0], COMMANDS)
            ctx.fail(
                f"no command {quoted(args[0])}; " + (f'did you mean "{near}"?' if near else "see the list of them")
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="cubec %(version)s")
def cubec() -> None:
    """Compile short YAML files about groups, quotas and pools into the Kubernetes objects that make them so.

    Exit status: 0 clean, 1 the input has errors, 2 wrong usage, 3 refused by the guard,
    4 the output is not current, 5 the environment failed, 6 the answer is no, 70 a bug of cubec.
    """


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit status. Never a traceback."""
    streams.prepare()
    signal.signal(signal.SIGTERM, _terminated)
    # a command is short and leaves few cycles behind: to look for them would take a quarter of a large build
    gc.disable()
    # nor at its end, where the interpreter would look once more: all is given back to the system anyway
    atexit.register(gc.freeze)
    try:
        result = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except click.ClickException as error:
        return _wrong(error)
    except (click.Abort, KeyboardInterrupt):
        return status.INTERRUPTED
    except BrokenPipeError:
        for stream in (sys.stdout, sys.stderr):
            streams.silence(stream)
        return status.BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last line of defence: whatever it is, no traceback and no input shown
        return _failure(error)
    return result if isinstance(result, int) else status.CLEAN


def _run(arguments: list[str]) -> object:
    # not click's own main: that one gives a reader who went away the status of an error
    asked = os.environ.get(_COMPLETE)
    if asked:
        from click.shell_completion import shell_complete

        return shell_complete(cubec, {}, "cubec", _COMPLETE, asked)
    try:
        with cubec.make_context("cubec", arguments) as context:
            return cubec.invoke(context)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(status.TERMINATED)


def _wrong(error: click.ClickException) -> int:
    from cubec.source.quoting import printable

    said = printable(" ".join(error.format_message().split())).removesuffix(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "cubec"
    return _tell(status.USAGE, f"cubec: {_inner(said)}", f"{command} --help says how it is used")


def _failure(error: Exception) -> int:
    if isinstance(error, OSError):
        from cubec.source.quoting import printable

        # what git's hooks said has lines; a name has none. Of a move it is the target that people know
        what = "\n".join(map(printable, (error.strerror or str(error)).split("\n")))
        if error.filename2 or error.filename:
            what += f": {printable(str(error.filename2 or error.filename))}"
        try:
            sys.stdout.flush()
        except OSError:
            streams.silence(sys.stdout)
        return _tell(status.ENVIRONMENT, f"cubec: {_inner(what)}")
    steps = []
    trace = error.__traceback__
    while trace:
        steps.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return _tell(
        status.BUG,
        f"cubec: a bug, not your input: {type(error).__name__} in {' > '.join(steps[-3:])}, version {__version__}",
        "Please report this line; nothing was written.",
    )


def _inner(said: str) -> str:
    """A sentence that goes on after a colon; a word in capitals, such as GET, stays one."""
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def _tell(exit_status: int, *lines: str) -> int:
    """Give the exit status even where standard error takes nothing more: it is all that is left to be told."""
    try:
        for line in lines:
            click.echo(line, err=True)
    except OSError:
        streams.silence(sys.stderr)
    return exit_status
