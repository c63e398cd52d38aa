"""The owners of groups as rules of CODEOWNERS, which GitHub and GitLab ask for whose review a change needs.

A group's file belongs to the group's owners and to the platform's: either may approve. The platform's owners are those of the
rule ``*``, which people write above our block; of two rules that fit the last one counts. A rule never covers more than it
should: a path that a pattern cannot say exactly, or a file that holds more than one owner's documents, stays with the rule ``*``.
"""

import re
from collections.abc import Iterator, Sequence

from cubec.model.model import Model
from cubec.plan import ownership

GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # the first that is there counts
GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
PLACES = frozenset({*GITHUB, *GITLAB})
LARGEST = 3_000_000

_BEGINS = "# From here to the end mark: made by cubec codeowners from the owners of groups."
_ENDS = "# The end of what cubec codeowners made."
# What is made of one group's documents, below output/.
OF_GROUP = (
    "*/groups/{}/",
    "*/delivery/groups/{}.yaml",
    "*/clients/arena/sysusers.d/cubec-{}.conf",
    "*/clients/cube-studio/{}.json",
    "*/clients/kubeconfig/{}.yaml",
)
_SPECIAL = re.compile(r"[*?\[\]\\#!]|[^\w ./,;:()+=@%&~'-]")
_SECTION = re.compile(r"\^?\[")  # GitLab's: a rule counts within its own section only


class OwnersError(ValueError):
    """CODEOWNERS cannot be written; the message says what a person has to do first."""


def kept(text: str) -> bool:
    """Whether a file has our block at all."""
    return _BEGINS in text


def updated(text: str, model: Model, prefix: str, folder: str) -> str:
    """The text of CODEOWNERS with our block in it; everything else stays. ``prefix`` leads to the platform's own folder."""
    above, below = _around(text)
    platform = _platform(above)
    block = [_BEGINS, *_rules(model, prefix, folder, platform), _ENDS]
    found = "".join([*above, *(f"{line}\n" for line in block), *below])
    if len(found.encode()) >= LARGEST:
        raise OwnersError(
            "with all owners it has 3 MB, and GitHub reads no file that large: name them by folder instead"
        )
    return found


def _around(text: str) -> tuple[list[str], list[str]]:
    """The lines above and below our block; where there is none, it belongs at the end of what stands in no section."""
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []
    plain = [line.strip() for line in lines]
    begins, ends = plain.count(_BEGINS), plain.count(_ENDS)
    if begins == ends == 1 and plain.index(_BEGINS) < plain.index(_ENDS):
        return lines[: plain.index(_BEGINS)], lines[plain.index(_ENDS) + 1 :]
    if begins or ends:
        raise OwnersError("the marks of cubec's block are not one pair: take the block out, and run cubec codeowners")
    sections = (number for number, line in enumerate(plain) if _SECTION.match(line))
    end = next(sections, len(lines))
    return lines[:end], lines[end:]


def _platform(above: Sequence[str]) -> tuple[str, ...]:
    """Who owns everything."""
    found: tuple[str, ...] = ()
    for line in above:
        if _SECTION.match(line.strip()):
            raise OwnersError("cubec's block stands in a section: move it above the first one, below the rule *")
        pattern, *owners = line.split("#", 1)[0].split() or [""]
        if pattern == "*":
            found = tuple(owners)
    if not found:
        raise OwnersError('no rule says who owns the platform: write one first, such as "* @example/platform"')
    return found


def _rules(model: Model, prefix: str, folder: str, platform: Sequence[str]) -> Iterator[str]:
    owners = ownership.by_path(model)
    for path in sorted(owners):
        yield from _rule(f"/{prefix}{path}", platform, owners[path])
    for name in sorted(model.groups):
        own = owners[model.groups[name].origin.document.path]
        for pattern in OF_GROUP:
            # the star stands for a cluster, so that a further one is no further rule
            cluster, _, rest = pattern.format(name).partition("/")
            yield from _rule(f"/{prefix}{folder}/", platform, own, f"{cluster}/{rest}")


def _rule(path: str, platform: Sequence[str], owners: Sequence[str], pattern: str = "") -> Iterator[str]:
    if owners and not _SPECIAL.search(path):
        spelled = path.replace(" ", "\\ ") + pattern
        yield " ".join(dict.fromkeys([spelled, *platform, *owners]))
