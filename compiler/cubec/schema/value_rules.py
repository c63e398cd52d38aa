"""Rules about single values."""

from cubec.diagnostics import Rule, Severity

WRONG_TYPE = Rule(
    "wrong-type",
    Severity.ERROR,
    "the value is of another type than the field takes",
    """
A value is text, a number, true or false, a list, or a mapping with fields of its own; each field takes one of them, few
take several. Without quotes, 1.30 is the number 1.3 and true is no word, so quote them where text is meant. A list has a
"-" before each entry, or stands in brackets. A mapping's fields stand below it, indented.

Bad:
    kubernetes: 1.30
    owners: alice

Good:
    kubernetes: "1.30"
    owners: [alice]
""",
)

VALUE_NOT_ALLOWED = Rule(
    "value-not-allowed",
    Severity.ERROR,
    "the field does not take this value",
    """
Some fields take one of a few words, others a text of a certain form such as a day or an address, or a number within
bounds. The message says which. Editors offer the words while you type, and `schemas/README.md` lists them.

Bad:
    expires: 31.12.2026
    access: readwrite

Good:
    expires: 2026-12-31
    access: read-write
""",
)

NAME_INVALID = Rule(
    "name-invalid",
    Severity.ERROR,
    "the name does not follow the grammar of names",
    """
Names become part of the names of Kubernetes objects, of files and of labels, so they hold only what is allowed in all of
them: lower-case letters from a to z, digits and single hyphens. A name begins with a letter, does not end with a hyphen
and has 40 characters at most. Letters that only look alike, from other alphabets, are not allowed: two names that read
the same must be the same.

Bad:
    name: Dev_1

Good:
    name: dev-1
""",
)

LIST_ITEM_DUPLICATE = Rule(
    "list-item-duplicate",
    Severity.ERROR,
    "an entry stands twice in a list",
    """
The order of these lists means nothing and an entry cannot count twice, so the second one is a mistake: often a line that
was copied and not changed.

Bad:
    pools: [gpu-t4, gpu-t4]

Good:
    pools: [gpu-t4, gpu-v100]
""",
)

EMPTY_VALUE = Rule(
    "empty-value",
    Severity.ERROR,
    "the field has no value",
    """
A field without a value says nothing, but it looks as if it did. An empty list is worse: it could mean "nobody" or
"everybody". Write a value, or leave the field out; what holds then is written in `schemas/README.md`.

Bad:
    groups: []
    description:

Good:
    groups: [dev1]
""",
)
