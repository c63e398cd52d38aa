"""A template filled with values: one file that loads nothing, runs no script but its own, and shows tenants' text as text."""

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from cubec.report.plan_lines import count
from cubec.report.plan_sections import money
from cubec.source.quoting import printable


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The page. Whatever the values hold is escaped; what hides itself from a reader is spelled out first."""
    style, script = _data("style.css"), _data("page.js")
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(style), script=Markup(script), policy=_policy(style, script), **values)  # noqa: S704 — both are our own
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    found = Environment(
        autoescape=True,
        finalize=_shown,
        keep_trailing_newline=True,
        loader=FunctionLoader(_data),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    found.filters |= {"count": count, "money": money}
    return found


def _shown(value: Any) -> Any:
    """What an expression of a template puts out; Jinja escapes it afterwards."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=16)
def _data(name: str) -> str:
    return (resources.files("cubec.report.page") / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which nothing is loaded and nothing runs but these two."""
    own = f"style-src {_hash(style)}; script-src {_hash(script)}"
    return f"default-src 'none'; {own}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
