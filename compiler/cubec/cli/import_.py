"""``cubec import``."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cubec import pipeline
from cubec.cli import live, options, progress, status
from cubec.diagnostics import Diagnostic
from cubec.name import LONGEST, is_name

if TYPE_CHECKING:
    from cubec.adopt.documents import Draft
    from cubec.adopt.observed import Observed
    from cubec.adopt.proof import Proof
    from cubec.adopt.residue import Residue
    from cubec.cluster import Cluster

_ANY_DAY = date(2000, 1, 1)  # no document of an import holds a date


def _name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if value and not is_name(value):
        raise click.BadParameter(f"use lower-case letters, digits and single dashes, at most {LONGEST}")
    return value


@click.command("import")
@click.option(
    "--cluster", "called", required=True, metavar="NAME", callback=_name, help="What the cluster is to be called."
)
@live.kubeconfig()
@live.context()
@click.option(
    "--namespace", "-n", "wanted", multiple=True, metavar="NAME", help="Take over this namespace. May be repeated."
)
@click.option("--selector", "-l", default="", metavar="LABELS", help="Take over the namespaces with these labels.")
@click.option("--platform", default="", metavar="NAME", callback=_name, help="What the platform is to be called.")
@click.option(
    "-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="A new folder for the files."
)
def command(
    *,
    called: str,
    file: Path | None,
    context: str | None,
    wanted: tuple[str, ...],
    selector: str,
    platform: str,
    folder: Path,
) -> int:
    """Write tenant files of what a live cluster holds, and a list of what they do not say.

    Without --namespace and --selector every namespace is taken over but those of the system. The cluster is only read.
    Secrets are never read, only their names. The files are compiled, and what they make is compared with the cluster.
    """
    from cubec.adopt.documents import UnfitError
    from cubec.adopt.live import NothingChosenError, read
    from cubec.adopt.residue import Residue
    from cubec.cluster import from_kubeconfig
    from cubec.drift.live import OtherClusterError

    if wanted and selector:
        raise click.UsageError("say --namespace or --selector, not both")
    target = folder.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise click.UsageError(f"{folder} is there already: name a new folder")
    residue = Residue()
    cluster = from_kubeconfig(file, context)
    try:
        with progress.showing("reading"):
            seen = read(cluster, residue, wanted=wanted, selector=selector)
            draft = _draft(cluster, seen, residue, called, platform)
        with progress.showing("comparing"):
            warnings, proven = _prove(cluster, draft, called)
    except (NothingChosenError, OtherClusterError) as error:
        raise click.UsageError(str(error)) from error
    except UnfitError as error:
        options.report(error.diagnostics, {}, "text")
        click.echo("cubec: no set of files came out that compiles; nothing was written", err=True)
        return status.INPUT
    _write(target, draft, residue, proven, called)
    _tell(draft, residue, proven, warnings, folder)
    return status.CLEAN


def _draft(cluster: "Cluster", seen: "Observed", residue: "Residue", called: str, platform: str) -> "Draft":
    """The documents, in which whatever the checks refuse is left out."""
    from cubec.adopt import documents, own
    from cubec.drift.live import check_name

    found = own.platform_name(seen)
    if found:
        check_name(cluster, found, called)
    name = platform or (found if is_name(found) else "") or called
    draft = documents.documents(seen, residue, platform=name, cluster=called, server=cluster.server)
    return documents.repaired(draft, _judge, residue)


def _judge(files: Mapping[str, bytes]) -> tuple[Diagnostic, ...]:
    return pipeline.analyse(sorted(files.items()), [], _ANY_DAY).diagnostics


def _prove(cluster: "Cluster", draft: "Draft", called: str) -> tuple[tuple[Diagnostic, ...], "Proof"]:
    """Compile what is about to be written, and compare it with where it comes from."""
    from cubec.adopt.documents import files
    from cubec.adopt.proof import proof
    from cubec.drift.live import compare

    analysis = pipeline.analyse(sorted(files(draft).items()), [], _ANY_DAY)
    if analysis.model is None or analysis.failed:
        raise AssertionError("repaired documents compile")
    made = pipeline.objects_of(analysis.model, called)
    return analysis.diagnostics, proof(compare(cluster, analysis.model.sites[called], made))


def _write(target: Path, draft: "Draft", residue: "Residue", proven: "Proof", called: str) -> None:
    """All of it or nothing: written beside, then moved into place."""
    from cubec.adopt.documents import files
    from cubec.report import adopted
    from cubec.schema.files import texts

    entries = (*residue.found, *proven.entries)
    content = {**files(draft), **{f"schemas/{name}": text.encode() for name, text in texts().items()}}
    for name, form in (("residue.md", adopted.text), ("residue.json", adopted.as_json)):
        content[name] = form(entries, cluster=called, made=proven.made, equal=proven.equal).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for path, data in content.items():
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            (staged / path).write_bytes(data)
        staged.chmod(0o777 & ~_umask())
        staged.replace(target)  # an empty folder may be there, a full one may not
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _tell(draft: "Draft", residue: "Residue", proven: "Proof", warnings: tuple[Diagnostic, ...], folder: Path) -> None:
    from cubec.adopt.documents import files
    from cubec.report import adopted

    entries = (*residue.found, *proven.entries)
    written = files(draft)
    options.report(warnings, written, "text")
    click.echo(
        adopted.summary(entries, folder=str(folder), files=len(written), made=proven.made, equal=proven.equal), nl=False
    )
