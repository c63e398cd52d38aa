"""Output of the compiler for the platforms of these tests: documents laid over the golden base, compiled in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml
from tests.examples import platform

from cubec import pipeline

PLATFORMS = Path(__file__).parent / "platforms"
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Output:
    """The files of one cluster's folder, by their path in it."""

    files: Mapping[str, bytes]

    def text(self, *globs: str) -> str:
        """The files that any of the globs matches, in the order of the globs, as one stream of documents."""
        paths = [path for glob in globs for path in sorted(self.files) if fnmatch(path, glob)]
        assert paths, f"no file is called {' or '.join(globs)}"
        return "---\n".join(self.files[path].decode() for path in dict.fromkeys(paths))

    def objects(self, *globs: str) -> list[dict[str, Any]]:
        return list(yaml.load_all(self.text(*globs), Loader=yaml.CSafeLoader))

    def find(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
        """The one object of that identity."""
        wanted = (kind, name, namespace)
        found = [
            item
            for item in self.objects("platform/*", "groups/*")
            if (item["kind"], item["metadata"]["name"], item["metadata"].get("namespace")) == wanted
        ]
        assert len(found) == 1, wanted
        return found[0]


def compiled(name: str, *changes: tuple[str, str], cluster: str = "ack") -> Output:
    """Compile ``platforms/NAME.yaml``, with some of its text replaced: what stands there, and what to write in its place."""
    text = (PLATFORMS / f"{name}.yaml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    analysis = pipeline.analyse(platform(text), [], TODAY)
    assert analysis.model is not None
    assert not analysis.failed, analysis.diagnostics
    folder = f"{cluster}/"
    tree = dict(pipeline.emit(analysis.model))
    return Output({path.removeprefix(folder): data for path, data in tree.items() if path.startswith(folder)})
