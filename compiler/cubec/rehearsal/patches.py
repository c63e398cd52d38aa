"""JSON patches that add, which is all that the emitted policies do."""

from collections.abc import Iterable, Mapping
from typing import Any

from cubec.rehearsal.kept import plain


def apply(value: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A copy of ``value`` with everything added. Another operation is a bug: no emitter writes one."""
    changed = plain(value)
    for operation in operations:
        if operation["op"] != "add":
            raise NotImplementedError(f"a patch that does {operation['op']}")
        *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:])
        at: Any = changed
        for step in parents:
            at = at[step]
        if last == "-":
            at.append(operation["value"])
        else:
            at[last] = operation["value"]
    return changed
