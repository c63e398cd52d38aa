"""Render a chart once for each group with Helm's own engine: run by the interpreter that has helm-python-sdk."""

import json
import sys
from pathlib import Path

import helm_python

root = Path(sys.argv[1])
with helm_python.Chart.load(str(root / "chart")) as chart:
    for path in sorted((root / "values").iterdir()):
        target = root / "compiled" / path.stem
        target.mkdir(parents=True)
        for name, text in chart.render(json.loads(path.read_text()), name=path.stem, namespace=path.stem).items():
            (target / name.rpartition("/")[2]).write_text(text)
