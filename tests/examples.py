"""The examples in the pages of the checks, laid over the golden base platform by kind and name."""

import textwrap
from pathlib import Path
from typing import Any

import yaml

BASE = Path(__file__).parent / "golden" / "base"


def example(page: str, word: str) -> str:
    """The indented block after ``word:`` in a page."""
    lines = page.split("\n")
    start = next(number for number, line in enumerate(lines) if line.strip() == f"{word}:") + 1
    block = []
    for line in lines[start:]:
        if line.strip() and not line.startswith(" "):
            break
        block.append(line)
    return textwrap.dedent("\n".join(block)).strip("\n") + "\n"


def _identity(document: dict[str, Any]) -> tuple[str, str]:
    return document["kind"], document["metadata"]["name"]


def platform(block: str) -> list[tuple[str, bytes]]:
    """The base platform with the documents of ``block`` in place of those of the same kind and name."""
    files: dict[str, str] = {}
    texts = [text for text in block.split("---\n") if text.strip()]
    taken = [_identity(yaml.safe_load(text)) for text in texts]
    for path in sorted(BASE.glob("tenants/**/*.yaml")):
        document = yaml.safe_load(path.read_text())
        items = document["items"] if document["kind"] == "List" else [document]
        for item in items:
            if _identity(item) not in taken:
                name = "/".join(_identity(item)).lower()
                files[f"tenants/base/{name}.yaml"] = yaml.safe_dump(item, sort_keys=False)
    for number, text in enumerate(texts):
        files[f"tenants/example/{number}.yaml"] = text
    return [(name, text.encode()) for name, text in sorted(files.items())]
