"""``cubec schema``."""

from pathlib import Path

import click

from cubec.cli import status


@click.command("schema")
@click.argument("kind", required=False)
@click.option(
    "--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write every schema into this folder."
)
def command(kind: str | None, folder: Path | None) -> int:
    """Print the schema of a KIND, or the one that joins all; or write them, for an editor, with --write."""
    from cubec.schema.files import texts

    schemas = texts()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in schemas.items():
            (folder / name).write_text(content, encoding="utf-8")
        return status.CLEAN
    click.echo(schemas[_file(kind) if kind else "cubec.io_v1.json"], nl=False)
    return status.CLEAN


def _file(kind: str) -> str:
    from cubec.near import near_miss
    from cubec.schema.files import kinds
    from cubec.source.quoting import quoted

    for known, file in kinds().items():
        if known.lower() == kind.lower():
            return file
    near = near_miss(kind, kinds())
    hint = f'did you mean "{near}"?' if near else f"there are {', '.join(kinds())}"
    raise click.UsageError(f"unknown kind {quoted(kind)}; {hint}")
