"""A field that differs, for machines."""

from typing import Any

from cubec.plan.fields import ABSENT, FieldChange


def field_json(field: FieldChange, first: str, second: str) -> dict[str, Any]:
    """The sides by the names that are given. One that has no such field has no key; ciphertext is never shown."""
    sides = {} if field.sealed else {first: field.before, second: field.after}
    return {
        "path": list(field.path),
        "sealed": field.sealed,
        **{side: value for side, value in sides.items() if value is not ABSENT},
    }
