"""The names of the platform under test with a prefix before them: there and back, in objects, in paths and in texts.

Nothing of a cluster that is not ours may be touched, so on it every namespace, every object of the whole cluster and
every key of ours (``cubec.io/group``) has a prefix, wherever it is written: in policies' expressions and in annotations, too.
It is a renaming and nothing else: whatever the names refer to, they refer to still.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from cubec.manifest import CLUSTERED

PREFIX = "cubec-test-"
FORM = re.compile(r"[a-z][a-z0-9-]{2,18}-")  # room for the rest of a name, and an end that belongs to it
EVERYWHERE = ("default", "kube-system")  # namespaces that every cluster has, and words of Kubernetes in other places
PATTERNS = (r"cubec\.(?:node-restriction\.kubernetes\.)?io/", r"cubec:(?=[a-z])", r"oidc:(?=[\w{])", r"group-(?=[a-z])")
BUILT_IN = re.compile(r"system[:-].*|cluster-admin|admin|edit|view")  # objects of the whole cluster that everybody has


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    whole = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    ahead = r"(?![A-Za-z0-9_]|-(?!-)|\.[a-z0-9])"  # `dev1--data` is a volume of dev1, `dev1-data` another name
    return re.compile(rf"(?<![A-Za-z0-9_.-])(?:{'|'.join(PATTERNS)}|(?:{whole or '(?!)'}){ahead})")


@dataclass(frozen=True)
class Renaming:
    """A prefix, and the namespaces of engines, which stay where they are: only what stands in them is renamed."""

    prefix: str = PREFIX
    words: frozenset[str] = frozenset()  # names that texts may hold; those in their places are known anyway
    engines: frozenset[str] = frozenset()
    labels: tuple[tuple[str, str], ...] = ()  # which every namespace gets beside its own

    def text(self, text: str) -> str:
        """A text with every name in it renamed."""
        renamed = _pattern(self.words).sub(lambda found: self.prefix + found[0], text)
        for engine in self.engines:
            renamed = re.sub(rf"(?<![\w-]){self.prefix}{engine}(?![\w-])", engine, renamed)
        return renamed

    def back(self, text: str) -> str:
        """What a cluster says, as if there were no prefix."""
        return text.replace(self.prefix, "")

    def value(self, value: Any) -> Any:
        """A value of JSON with every text in it renamed, keys included."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(key): self.value(part) for key, part in value.items()}
            case list():
                return [self.value(part) for part in value]
        return value

    def item(self, item: Any) -> Any:
        """An object renamed, whether or not anybody has heard of its name."""
        renamed = self.value(item)
        metadata = renamed.get("metadata") if isinstance(renamed, dict) else None
        if isinstance(metadata, dict):
            namespace = metadata.get("namespace", "")
            if namespace:
                metadata["namespace"] = self.namespace(namespace)
            if metadata.get("name") and (namespace in self.engines or renamed.get("kind") in CLUSTERED):
                metadata["name"] = self.name(metadata["name"])
            if renamed.get("kind") == "Namespace" and self.labels:
                metadata["labels"] = dict(metadata.get("labels") or {}) | dict(self.labels)
            renamed.pop("globalDefault", None)  # the class of whoever names none would be that of everybody
        if isinstance(renamed, dict):
            for subject in renamed.get("subjects") or ():
                if subject.get("namespace"):
                    subject["namespace"] = self.namespace(subject["namespace"])
        return renamed

    def namespace(self, name: str) -> str:
        return name if name in self.engines else self.name(name)

    def name(self, name: str) -> str:
        """A name that is ours by its place, known or not."""
        return name if self.ours(name) else self.prefix + name

    def ours(self, name: str) -> bool:
        return name.startswith(self.prefix)

    def among(self, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of objects of a list, those that are ours by their namespace, or by their name where an engine lives."""
        found = []
        for entry in entries:
            metadata = entry["metadata"]
            namespace = metadata.get("namespace", "")
            of_name = not namespace or namespace in self.engines
            if self.ours(metadata["name"] if of_name else namespace):
                found.append(entry)
        return found
