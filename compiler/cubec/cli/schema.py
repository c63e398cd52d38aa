"""``cubec schema``."""

import json
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
    name = f"{kind.lower()}.json" if kind else "cubec.io_v1.json"
    if name not in schemas:
        known = ", ".join(sorted(json.loads(text).get("title", name) for name, text in schemas.items()))
        raise click.UsageError(f'no schema for "{kind}"; there are: {known}')
    click.echo(schemas[name], nl=False)
    return status.CLEAN
