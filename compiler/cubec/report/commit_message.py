"""A plan as the message of a commit: what was changed in one line, and what that does in a few.

Code hosts make something of texts in a message: mentions, issues that it closes, links, words that skip the checks, trailers
that name further authors. What comes from tenants is told in characters that mean nothing to them.
"""

import re
from collections.abc import Iterable, Iterator

from cubec.model.model import Model
from cubec.plan.plan import Plan
from cubec.plan.review import NEW, REMOVED, Item
from cubec.report.plan_lines import Section, count
from cubec.report.plan_sections import sections
from cubec.source.quoting import printable

LONGEST = 72  # of the first line
_SHOWN = 12  # lines of one section
_WIDEST = 120
_NAMES = 3  # documents that the first line may name
_INERT = "·"
_ACTIVE = re.compile(r"[^\w .,;:()+=/→×…'-]")
_LINK = re.compile(r"/(?=/)|(?i:(?<![^\W_])(?:www|GH))(?=[.-])")
_VERBS = {NEW: "add", REMOVED: "remove"}
_ONLY_COUNTED = frozenset({"OBJECTS", "REVIEW"})  # the files of the same commit say the rest


def text(plan: Plan, said: str = "") -> str:
    """The whole message. ``said`` stands in place of the first line, as whoever commits has written it."""
    first = said or _subject(plan)
    return "\n".join([first, "", *_body(sections(plan))]) + "\n"


def first(model: Model, said: str = "") -> str:
    """The message of the commit that a platform begins with: there is nothing to compare it with."""
    clusters, groups = count(len(model.clusters), "cluster"), count(len(model.groups), "group")
    subject = said or _fitting(f"begin platform {model.platform.name}")
    return f"{subject}\n\n{clusters}, {groups}; there is no earlier commit to compare with\n"


def inert(line: str) -> str:
    """A text in which no code host finds anything to act on."""
    plain = _ACTIVE.sub(_INERT, printable(line))
    return _LINK.sub(rf"\g<0>{_INERT}", plain)


def _subject(plan: Plan) -> str:
    """``Add user tom, change group dev1``; numbers in place of names where there are many."""
    found: dict[str, dict[str, list[str]]] = {verb: {} for verb in ("add", "change", "remove")}
    for kind, name, reason in dict.fromkeys((item.kind, item.name, _whole(item)) for item in plan.review.items):
        found[_VERBS.get(reason, "change")].setdefault(_kind(kind), []).append(name)
    parts = [(verb, kind, names) for verb, kinds in found.items() for kind, names in kinds.items()]
    if not parts:
        return "Build the output anew" if plan.objects else "Change the sources, and nothing by it"
    named = ", ".join(f"{verb} {kind}{'s' if names[1:] else ''} {' and '.join(names)}" for verb, kind, names in parts)
    counted = ", ".join(f"{verb} {count(len(names), kind)}" for verb, kind, names in parts)
    few = sum(len(names) for _, _, names in parts) <= _NAMES
    return _fitting(*([named] if few else []), counted, "change the platform")


def _whole(item: Item) -> str:
    """What happened to the document as a whole; nothing where only some of it is changed."""
    return item.reason if item.reason in _VERBS and not item.part else ""


def _fitting(*candidates: str) -> str:
    """The first that is short enough, as a sentence begins."""
    found = inert(next((text for text in candidates if len(text) <= LONGEST), candidates[-1]))
    return found[:1].upper() + found[1:]


def _kind(kind: str) -> str:
    return {"NodePool": "pool", "JobTemplate": "template"}.get(kind, kind.lower())


def _body(found: Iterable[Section]) -> Iterator[str]:
    for section in found:
        yield f"{section.title.ljust(8)}{inert(section.summary)}"
        lines = () if section.title in _ONLY_COUNTED else section.lines
        for line in lines[:_SHOWN]:
            short = inert(line.strip())
            yield f"  {short[:_WIDEST]}{'…' if len(short) > _WIDEST else ''}"
        if len(lines) > _SHOWN:
            yield f"  … and {len(lines) - _SHOWN} more lines"
