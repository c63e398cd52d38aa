"""The live cluster that a command works on: found through a kubeconfig, and held against what its document says of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from cubec.near import near_miss
from cubec.source.quoting import quoted

if TYPE_CHECKING:
    from cubec.model.model import Site

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_HTTPS = 443


def kubeconfig() -> Decorator:
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option("--kubeconfig", "file", type=file, help="The kubeconfig to use. Default: kubectl's own.")


def context() -> Decorator:
    return click.option("--context", metavar="NAME", help="The context of the kubeconfig. Default: its current one.")


def other_server() -> Decorator:
    return click.option(
        "--other-server",
        is_flag=True,
        help="Go on although this is not the server that the Cluster document names, such as through a tunnel.",
    )


def site(sites: "Mapping[str, Site]", name: str) -> "Site":
    """A declared cluster; the only one, where none is named."""
    if not name and len(sites) == 1:
        return next(iter(sites.values()))
    known = f"declared are {', '.join(sites) or 'none'}"
    if not name:
        raise click.UsageError(f"say which cluster with --cluster: {known}")
    if name not in sites:
        near = near_miss(name, sites)
        raise click.UsageError(f"unknown cluster {quoted(name)}; " + (f'did you mean "{near}"?' if near else known))
    return sites[name]


def check_server(actual: str, declared: str, name: str, *, consent: bool) -> None:
    """Refuse another server than the document's: what is true of one cluster must not be said of another."""
    if declared and not consent and _address(actual) != _address(declared):
        raise click.UsageError(
            f'the kubeconfig leads to {actual.rpartition("@")[2]}, and cluster "{name}" is {declared}: '
            "choose another --context, or say --other-server if they are the same"
        )


def _address(url: str) -> tuple[str, int, str]:
    parts = urlsplit(url if "//" in url else f"https://{url}")
    return (parts.hostname or "").rstrip("."), parts.port or _HTTPS, parts.path.rstrip("/")
