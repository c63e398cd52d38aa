"""Rules about what may be written inside a file: YAML without the parts that mislead readers."""

from cubec.diagnostics import Rule, Severity

YAML_SYNTAX = Rule(
    "yaml-syntax",
    Severity.ERROR,
    "the text is not YAML",
    """\
A document is made of `key: value` lines. What belongs to a key is indented below it with
spaces; what stands side by side is indented alike. List items start with "- ". The usual
mistakes are a missing space after a colon, a tab, an indentation that fits no line above, and
a quote or bracket that is opened and never closed.

Bad:
    spec:
      gid:2001
       description: "vision group

Good:
    spec:
      gid: 2001
      description: "vision group"
""",
)
NESTING_TOO_DEEP = Rule(
    "nesting-too-deep",
    Severity.ERROR,
    "values stand inside each other more than 32 levels deep",
    """\
No kind of document needs more than a few levels. Deeper ones are mostly brackets that were
pasted, and some programs crash on them.

Bad:
    quota: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[2]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]

Good:
    quota: [2]
""",
)
TOO_MANY_VALUES = Rule(
    "too-many-values",
    Severity.ERROR,
    "a file holds more than 50,000 values",
    """\
Keys, values, lists and mappings of one file are counted together. Split a long `kind: List`
into several files; each may hold part of the items.

Bad:
    tenants/users/everybody.yaml with 20,000 users

Good:
    tenants/users/a-m.yaml and tenants/users/n-z.yaml
""",
)
ALIAS_FORBIDDEN = Rule(
    "alias-forbidden",
    Severity.ERROR,
    "an anchor (&name) or an alias (*name) is used",
    """\
`&name` marks a value and `*name` repeats it elsewhere. The reader of a change does not see
what is repeated, and a few lines of aliases can stand for billions of values. Write the
value out. If the sign belongs to the text, put the text in quotes.

Bad:
    quota: &small {cpu: 4}
    quota: *small
    host: *.example.com

Good:
    quota: {cpu: 4}
    host: "*.example.com"
""",
)
MERGE_KEY_FORBIDDEN = Rule(
    "merge-key-forbidden",
    Severity.ERROR,
    'the merge key "<<" is used',
    """\
`<<` copies the keys of another mapping. It is no part of YAML 1.2: some programs merge, others
see a key named "<<". Write the keys out.

Bad:
    quota:
      <<: *small
      memory: 8Gi

Good:
    quota:
      cpu: 4
      memory: 8Gi
""",
)
YAML_TAG_FORBIDDEN = Rule(
    "yaml-tag-forbidden",
    Severity.ERROR,
    "a value carries a YAML tag (!name)",
    """\
A tag such as `!!str` tells a program how to read the next value, and programs differ in which
ones they know. Quotes make a text, and a number without quotes is a number. If the
exclamation mark belongs to the text, put the text in quotes.

Bad:
    version: !!str 1.30
    description: !important for everybody

Good:
    version: "1.30"
    description: "!important for everybody"
""",
)
YAML_DIRECTIVE_FORBIDDEN = Rule(
    "yaml-directive-forbidden",
    Severity.ERROR,
    "a line begins with a YAML directive (%NAME)",
    """\
`%YAML` and `%TAG` at the start of a line speak to the parser, and parsers differ in what they
make of them. Tenant files are always read as YAML 1.2; no line may say otherwise.

Bad:
    %YAML 1.1
    ---
    kind: Group

Good:
    kind: Group
""",
)
DUPLICATE_KEY = Rule(
    "duplicate-key",
    Severity.ERROR,
    "a key stands twice in one mapping",
    """\
Of two equal keys, one value is lost, and which one depends on the program. Often the second
stems from a merge of two branches. Keep one, and join what stood below both.

Bad:
    quota:
      cpu: 4
    quota:
      memory: 8Gi

Good:
    quota:
      cpu: 4
      memory: 8Gi
""",
)
NON_STRING_KEY = Rule(
    "non-string-key",
    Severity.ERROR,
    "a key is not text",
    """\
Keys are names. A number, `true`, `null`, a list or a mapping as a key is read differently by
different programs, and JSON cannot hold it. Put the key in quotes.

Bad:
    labels:
      1: first

Good:
    labels:
      "1": first
""",
)
AMBIGUOUS_SCALAR = Rule(
    "ambiguous-scalar",
    Severity.ERROR,
    "a value without quotes means different things to different YAML readers",
    """\
YAML changed between versions 1.1 and 1.2, and both are in use. `no` is a boolean to one and
text to the other, `010` is eight or ten, `12:30` is the number 750 or a time, `1e3` is text or
a thousand. Quotes say that it is text; true, false and plain decimal numbers are always safe.
Dates such as 2026-11-22 are text and need no quotes.

Bad:
    country: no
    nightly: 23:30

Good:
    country: "no"
    nightly: "23:30"
""",
)
NUMBER_OUT_OF_RANGE = Rule(
    "number-out-of-range",
    Severity.ERROR,
    "a number is larger or finer than every program can keep",
    """\
Whole numbers lie between -2^63 and 2^63; numbers with a point have at most 15 digits. Beyond
that, programs round, wrap around or fail. Long digits that are a name rather than a number
belong in quotes.

Bad:
    uid: 99999999999999999999

Good:
    uid: 2001
""",
)
COMMENT_WITHOUT_SPACE = Rule(
    "comment-without-space",
    Severity.WARNING,
    "a comment begins where text may have been meant",
    """\
Behind a space, "#" begins a comment, and what follows is no part of the value: of `team #1`
only "team" is left. Put the value in quotes if all of it was meant. Otherwise write a space
after "#", so that the next reader need not ask.

Bad:
    description: team #1 of the vision group

Good:
    description: "team #1 of the vision group"
    cpu: 4 # of eight
""",
)
TEMPLATE_EXPRESSION = Rule(
    "template-expression",
    Severity.ERROR,
    "a text holds a template expression",
    """\
Nothing in a tenant file is a template. But programs after the compiler may take `{{ }}`, `{% %}`,
`${ }` and `$( )` for one, and put in values that no reviewer saw. Write the value itself.

Bad:
    description: jobs of ${GROUP}
    image: registry.example.com/{{ name }}

Good:
    description: jobs of vision
    image: registry.example.com/vision
""",
)
