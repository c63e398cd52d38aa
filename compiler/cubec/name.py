"""The grammar of names, of documents and namespaces alike: lower-case words joined by single hyphens."""

import re

LONGEST = 40
# fullmatch, since Python lets a line break follow the end that a schema's pattern means
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)


def is_name(name: str) -> bool:
    return len(name) <= LONGEST and NAME.fullmatch(name) is not None
