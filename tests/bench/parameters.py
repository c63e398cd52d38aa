"""One group's files as a template, and each group's numbers as parameters: found by comparing what cubec wrote.

A word that is not the same for every group becomes a parameter; words that always change together are one parameter. The
template is then plain substitution, without loops or conditions: as cheap as a template can be.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_WORD = re.compile(r"([0-9A-Za-z]+)")
Texts = Mapping[str, str]  # of one group: file to text


def group_texts(output: Path) -> dict[str, dict[str, str]]:
    """The files about each group, by group: its folder and its delivery file."""
    site = output / "big"
    found = {}
    for folder in sorted((site / "groups").iterdir()):
        texts = {path.name: path.read_text() for path in sorted(folder.iterdir())}
        texts["delivery.yaml"] = (site / "delivery" / "groups" / f"{folder.name}.yaml").read_text()
        found[folder.name] = texts
    return found


def factored(groups: Mapping[str, Texts]) -> tuple[dict[str, list[str]], dict[str, dict[str, str]]]:
    """Template of each file as words, where ``p3`` after an even number of words stands for a parameter; and the parameters."""
    templates: dict[str, list[str]] = {}
    columns: dict[tuple[str, ...], str] = {}
    for file in next(iter(groups.values())):
        words = [_WORD.split(texts[file]) for texts in groups.values()]
        first = words[0]
        if any(len(other) != len(first) for other in words) or "{%" in "".join(first):
            raise ValueError(f"{file} is not the same text for each group")
        template = []
        for column in zip(*words, strict=True):
            same = column.count(column[0]) == len(column)
            template.append(column[0] if same else "\0" + columns.setdefault(column, f"p{len(columns)}"))
        templates[file] = template
    values = {group: {name: column[n] for column, name in columns.items()} for n, group in enumerate(groups)}
    return templates, values


def spelled(template: Sequence[str], before: str, after: str) -> str:
    """The text of a template in a tool's own spelling of parameters."""
    literal = '{{ "{{" }}'  # braces that are meant for somebody else, as every tool here spells them
    return "".join(
        f"{before}{word[1:]}{after}" if word.startswith("\0") else word.replace("{{", literal) for word in template
    )


def differences(ours: Mapping[str, Texts], theirs: Iterable[tuple[str, Texts]]) -> tuple[int, list[str]]:
    """How many objects were compared, and which files do not hold the same ones. The first group is parsed even if equal."""
    import yaml  # noqa: PLC0415 - memory of this process is the floor of what is measured

    count, wrong = 0, []
    for number, (group, texts) in enumerate(theirs):
        for file, text in ours[group].items():
            other = texts.get(file, "")
            count += text.count("\nkind: ")
            if number and text.strip() == other.strip():
                continue  # the same bytes are the same objects
            parsed = [list(yaml.load_all(item, Loader=yaml.CSafeLoader)) for item in (text, other)]
            if parsed[0] != parsed[1]:
                wrong.append(f"{group}/{file}")
    return count, wrong
