"""What the loader reads, what it refuses, and what it says."""

import re

import pytest

from cubec.diagnostics import Diagnostic, Severity
from cubec.source.document import Document, mark
from cubec.source.yaml import load

AMBIGUOUS = re.findall(
    r"\S+",
    """
    y Y yes YES yEs n N no No NO on On ON off OFF oFF = .inf -.inf +.Inf .INF .nan .NaN
    010 -010 08 00 0o7 0o17 -0o7 1_000 1_ 1_0.5 0b1 0b1_0 0x1_F -0x1F 12:30 00:30 1:2:3 190:20:30.15
    1e3 1E5 1e400 12e4567 1.5e3 1.5e+3 .5e1 1.e3 .5 -.5 5. 01.5 1_000.5
    """,
)


def read(text: str) -> tuple[Document | None, list[Diagnostic]]:
    return load("tenants/a.yaml", text.encode())


def value(text: str) -> object:
    document, found = read(text)

    assert not found
    assert document is not None
    return document.value


def brief(text: str) -> list[tuple[str, int, int]]:
    return [(d.code, d.position.line, d.position.column) for d in read(text)[1]]


def only(text: str) -> Diagnostic:
    found = read(text)[1]

    assert len(found) == 1
    return found[0]


def test_a_document_becomes_a_plain_value():
    """Mappings, lists, texts, numbers, booleans and null arrive as Python's own."""
    text = "a: 1\nb: [x, 1.5, true, null, ~]\nc:\n  - d: |\n      two\n      lines\n  -\ne: 'q'\nf: {g: , h: \"\"}\n"

    assert value(text) == {
        "a": 1,
        "b": ["x", 1.5, True, None, None],
        "c": [{"d": "two\nlines\n"}, None],
        "e": "q",
        "f": {"g": None, "h": ""},
    }


def test_marks_have_the_shape_of_the_value():
    """Every key and value has its place, at the same path as the value itself."""
    document, _ = read("a: 1\nb: [x, {y: z}]\n")

    assert document is not None
    assert document.marks == (
        mark(1, 1),
        {
            "a": (mark(1, 1), mark(1, 4)),
            "b": (mark(2, 1), (mark(2, 4), [mark(2, 5), (mark(2, 8), {"y": (mark(2, 9), mark(2, 12))})])),
        },
    )


def test_columns_count_characters():
    """Bytes, or halves of characters, would put the caret beside the mistake."""
    document, _ = read('"名前🙂": 値\n')

    assert document is not None
    assert document.at("名前🙂").column == 8
    assert document.key("名前🙂").column == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("0", 0),
        ("-0", 0),
        ("0x1F", 31),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775807", 1 - 2**63),
        ("1.5", 1.5),
        ("0.35", 0.35),
        ("-0.5", -0.5),
        ("1.10", 1.1),
        ("99999999999999.9", 99999999999999.9),
        ("True", True),
        ("FALSE", False),
        ("NULL", None),
        ("2026-11-22", "2026-11-22"),
        ("2026-13-45", "2026-13-45"),
        ("2026-11-22T25:61:61Z", "2026-11-22T25:61:61Z"),
        ("1.2.3", "1.2.3"),
        ("10.0.0.1", "10.0.0.1"),
        ("8080:80", "8080:80"),
        ("2(T4)", "2(T4)"),
        ("64Gi", "64Gi"),
        ("100%", "100%"),
        ("-x", "-x"),
        (".", "."),
        ("..", ".."),
        ("+", "+"),
        ("e5", "e5"),
        ("tRUE", "tRUE"),
        ("nope", "nope"),
        ("yesterday", "yesterday"),
        ('"no"', "no"),
        ("'010'", "010"),
        ("'<<'", "<<"),
        ('"1e3"', "1e3"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, expected: object):
    """What YAML 1.1 and 1.2 agree on is taken, and dates stay text."""
    read_value = value(f"a: {text}\n")

    assert read_value == {"a": expected}
    assert type(read_value["a"]) is type(expected)


@pytest.mark.parametrize(
    "text",
    AMBIGUOUS,
)
def test_what_readers_disagree_on_is_an_error(text: str):
    """The way out is always to quote it; the text is kept, so that later stages can go on."""
    document, found = read(f"a: {text}\n")

    assert [(d.code, d.position.line, d.position.column) for d in found] == [("ambiguous-scalar", 1, 4)]
    assert f'"{text}"' in found[0].message
    assert found[0].hint.startswith(f'quote it: "{text}", or ')
    assert document is not None
    assert document.value == {"a": text}


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999",
        "9" * 5000,
        "0xFFFFFFFFFFFFFFFF",
        "0." + "1" * 16,
        "1234567890123456.5",
        "0." + "0" * 400 + "1",
        "1." + "0" * 40,
    ],
)
def test_numbers_have_a_range(text: str):
    """A number that some program would round, wrap or choke on is an error, and no exception."""
    assert brief(f"a: {text}\n") == [("number-out-of-range", 1, 4)]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("1", "non-string-key"),
        ("1.5", "non-string-key"),
        ("true", "non-string-key"),
        ("~", "non-string-key"),
        ("null", "non-string-key"),
        ("on", "ambiguous-scalar"),
        ("010", "ambiguous-scalar"),
        ("99999999999999999999", "number-out-of-range"),
    ],
)
def test_keys_are_text(key: str, code: str):
    """A key that is no text is named, and kept as text."""
    document, found = read(f"{key}: x\n")

    assert [(d.code, d.hint) for d in found] == [(code, f'quote it: "{key}"')]
    assert document is not None
    assert document.value == {key: "x"}


@pytest.mark.parametrize(
    ("text", "place"),
    [("? [a]\n: b\n", (1, 3)), ("{[a]: b}\n", (1, 2)), ("? {a: b}\n: c\n", (1, 3)), ("?\n: b\n", (1, 2))],
)
def test_collections_and_nothing_are_no_keys(text: str, place: tuple[int, int]):
    """JSON could not hold them."""
    assert brief(text) == [("non-string-key", *place)]


def test_a_duplicate_key_names_the_first_place():
    """The first value stays, and what is wrong inside the second is reported all the same."""
    document, found = read("a: 1\nb: x\na:\n  c: no\n  c: 2\n")

    assert document is not None
    assert document.value == {"a": 1, "b": "x"}
    assert set(document.marks[1]) == {"a", "b"}
    assert [(d.code, d.position.line) for d in found] == [
        ("duplicate-key", 3),
        ("ambiguous-scalar", 4),
        ("duplicate-key", 5),
    ]
    assert [(str(r.position), r.message) for r in found[0].related] == [("tenants/a.yaml:1:1", "first here")]


def test_all_problems_of_a_file_are_reported_at_once():
    """One mistake does not hide the next."""
    assert brief("a: 1\na: 2\nb: 1\nb: 2\nc: no\n") == [
        ("duplicate-key", 2, 1),
        ("duplicate-key", 4, 1),
        ("ambiguous-scalar", 5, 4),
    ]


def test_problems_before_a_syntax_error_are_reported_too():
    """Where the parser gives up, what was found until then is not lost."""
    document, found = read("a: no\nb: [1, 2\nc: 3\n")

    assert document is None
    assert [d.code for d in found] == ["ambiguous-scalar", "yaml-syntax"]


def test_the_list_of_problems_ends():
    """A file of 2,000 mistakes is not answered by 2,000 reports, and the rest is counted."""
    document, found = read("".join(f"k{n}: no\n" for n in range(2000)))

    assert document is not None
    assert len(found) == 100
    assert found[-1].hint.endswith("; 1900 more problems of this file are not listed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\n", [("alias-forbidden", 1, 4)]),
        ("a: &x {b: 1}\n", [("alias-forbidden", 1, 4)]),
        ("a: !!str 1\n", [("yaml-tag-forbidden", 1, 4)]),
        ("a: ! b\n", [("yaml-tag-forbidden", 1, 4)]),
        ("a: !Ref [b]\n", [("yaml-tag-forbidden", 1, 4)]),
        ("a: ${B}\n", [("template-expression", 1, 4)]),
        ("${B}: a\n", [("template-expression", 1, 1)]),
        ("a: x-$(B)\n", [("template-expression", 1, 4)]),
        ("a: '{{ b }}'\n", [("template-expression", 1, 4)]),
        ("a: x {% if %}\n", [("template-expression", 1, 4)]),
        ('a: "\\x7b{b}}"\n', [("template-expression", 1, 4)]),
        ('a: "{\\\n  {b}}"\n', [("template-expression", 1, 4)]),
        ("a: |\n  x\n  ${B}\n", [("template-expression", 1, 4)]),
        ('a: "\\0"\n', [("hidden-character", 1, 4)]),
        ('a: "\\e[2J"\n', [("hidden-character", 1, 4)]),
        ('"\\u202e": a\n', [("hidden-character", 1, 1)]),
    ],
)
def test_what_is_forbidden_in_values_leaves_the_document(text: str, expected: list[tuple[str, int, int]]):
    """The document is still there, so that its kind and name stay known."""
    document, _ = read(text)

    assert brief(text) == expected
    assert document is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: *b\n", [("alias-forbidden", 1, 4)]),
        ("*b : a\n", [("alias-forbidden", 1, 1)]),
        ("a: &b [*b]\n", [("alias-forbidden", 1, 4), ("alias-forbidden", 1, 8)]),
        ("<<: {a: 1}\n", [("merge-key-forbidden", 1, 1)]),
        ("a: {{ b }}\n", [("template-expression", 1, 4)]),
        ("a: {{ b }}/c\n", [("template-expression", 1, 4)]),
        ("%YAML 1.2\n---\na: 1\n", [("yaml-directive-forbidden", 1, 1)]),
        ("a: 1\n---\nb: 2\n", [("multi-document", 2, 1)]),
        ("a: 1\n---\n", [("multi-document", 2, 1)]),
        ("", [("empty-file", 1, 1)]),
        ("---\n", [("empty-file", 1, 1)]),
        ("# nothing\n", [("empty-file", 1, 1)]),
        ("\n\n", [("empty-file", 1, 1)]),
    ],
)
def test_what_loses_structure_loses_the_document(text: str, expected: list[tuple[str, int, int]]):
    """A document with a hole could be taken for one that declares less."""
    document, _ = read(text)

    assert brief(text) == expected
    assert document is None


def test_an_explicit_document_start_is_fine():
    """Many editors and tools write it."""
    assert value("---\na: 1\n") == {"a": 1}
    assert value("# c\n---\na: 1\n...\n") == {"a": 1}


@pytest.mark.parametrize("data", [b"a: 1\r\nb: |\r\n  x\r\n  y\r\n", b"a: 1\nb: |\n  x\n  y\n"])
def test_both_line_ends_read_alike(data: bytes):
    """A file from Windows means the same, at the same places."""
    document, found = load("a.yaml", data)

    assert not found
    assert document is not None
    assert document.value == {"a": 1, "b": "x\ny\n"}
    assert document.at("b").line == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbfa: 1\n", ("encoding-invalid", 1, 1)),
        ("a: 1\n".encode("utf-16"), ("encoding-invalid", 1, 1)),
        ("a: 1\n".encode("utf-16-le"), ("encoding-invalid", 1, 2)),
        ("a: 1\n".encode("utf-32"), ("encoding-invalid", 1, 1)),
        ("a: 1\nb: é\n".encode("latin-1"), ("encoding-invalid", 2, 4)),
        ("b: é".encode() + b"\xff", ("encoding-invalid", 1, 5)),
        (b"a: 1\nb: \0\n", ("encoding-invalid", 2, 4)),
        (b"a: \xed\xa0\x80\n", ("encoding-invalid", 1, 4)),
        (b"a: 1\n" + b"#" * (1 << 20), ("input-too-large", 1, 1)),
        ("a: x\u2028role: admin\n".encode(), ("hidden-character", 1, 5)),
        ("a: x\u0085role: admin\n".encode(), ("hidden-character", 1, 5)),
        (b"a: x\rrole: admin\n", ("hidden-character", 1, 5)),
        (b"a: 1\r\r\n", ("hidden-character", 1, 5)),
        ("a: 1 # \u202e\n".encode(), ("hidden-character", 1, 8)),
        ("a: 1\n  b\u200bc: 1\n".encode(), ("hidden-character", 2, 4)),
        ("a:\u00a01\n".encode(), ("hidden-character", 1, 3)),
        ("a:\n\u3000\u3000b: 1\n".encode(), ("hidden-character", 2, 1)),
        (b"a: \x1b[2J\n", ("hidden-character", 1, 4)),
        (b"a: \x7f\n", ("hidden-character", 1, 4)),
    ],
)
def test_bytes_are_judged_before_parsing(data: bytes, expected: tuple[str, int, int]):
    """A line end or a letter that only some programs see never reaches a parser."""
    document, found = load("a.yaml", data)

    assert (found[0].code, found[0].position.line, found[0].position.column) == expected
    assert len(found) == 1
    assert document is None or "role" not in document.value


@pytest.mark.parametrize("data", ["a: 1\n".encode("utf-16"), "a: 1\n".encode("utf-16-le"), b"a: \xff\n"])
def test_what_is_no_text_is_not_shown(data: bytes):
    """A line of another encoding says nothing, and is long."""
    assert [found.excerpt for found in load("a.yaml", data)[1]] == [False]


def test_a_byte_order_mark_does_not_hide_other_problems():
    """The rest of the file is read as if it were not there."""
    document, found = load("a.yaml", b"\xef\xbb\xbfa: no\n")

    assert document is not None
    assert [d.code for d in found] == ["encoding-invalid", "ambiguous-scalar"]


def test_repeated_hidden_characters_are_one_problem():
    """A file with old line ends throughout gets one message with a count and the next places."""
    found = load("a.yaml", b"a: 1\r" * 30)[1]

    assert [d.code for d in found] == ["hidden-character"]
    assert 'invisible character "\\r" (carriage return without a line feed) and 29 more of them' in found[0].message
    assert found[0].hint == "end lines with LF or CRLF only"
    assert [r.position.column for r in found[0].related] == [10, 15, 20, 25, 30]


def test_many_different_hidden_characters_are_cut_off():
    """Neither is a page of tag characters answered by thousands of messages."""
    characters = "".join(chr(0xE0000 + n) for n in range(4000))

    assert len(read(f"a: {characters}\n")[1]) == 50
    assert len(read("".join(f"\u00a0a{n}: 1\n" for n in range(400)))[1]) == 50


@pytest.mark.parametrize(
    "text", ["a: 你好，世界。\n", "a: 🙂❤️\n", "a: Übermut\u00a0!\n", "a: 値\u3000値\n", "a: 2（T4）\n"]
)
def test_visible_text_of_any_language_is_fine(text: str):
    """People have names."""
    assert value(text) == {"a": text[3:-1]}


def test_limits_hold():
    """The last value inside each limit is read, the first one past it is an error with a place."""
    assert brief("[" * 32 + "]" * 32) == []
    assert brief("[" * 33 + "]" * 33) == [("nesting-too-deep", 1, 33)]
    assert brief("- 1\n" * 49_999) == []
    assert brief("- 1\n" * 50_000) == [("too-many-values", 50_000, 3)]


def test_tabs_inside_brackets_are_found():
    """The parser lets them pass there; people would see lines move in every editor."""
    found = read('{\n\t"a": 1,\n\t"b": [\n\t\t2]}\n')[1]

    assert [(d.code, d.position.line, d.position.column) for d in found] == [("yaml-syntax", 2, 1)]
    assert found[0].message == "a tab stands where YAML wants spaces, here and on 2 more lines"


@pytest.mark.parametrize("text", ["a: |\n  x\n  \ty\n", "a: 1\t# c\n", 'a: "b\tc"\n', "a:\tb\n", "a: [b,\n\t]\n"])
def test_tabs_elsewhere_are_fine(text: str):
    """In a block of text they are text, before a comment they are a space."""
    assert brief(text) == []


SECRETS = [
    "password: hunter2: x\n",
    "spec:\n  apiToken: !hunter2\n",
    "spec:\n  apiToken: !hunter2 x\n",
    "spec:\n  apiToken: &hunter2 x\n",
    "spec:\n  apiToken: *hunter2\n",
    "spec:\n  apiToken: *hunter2 x\n",
    "secrets: {a: {b: '${hunter2}'}}\n",
    "credentials:\n- ${hunter2}\n",
    "key:\n  - |\n   ${hunter2}\n",
    "secret:\n  {hunter2: {{ a }}\n",
    "token: @hunter2\n",
    "token: 'hunter2\n",
    'token: "hunter2\\d"\n',
    "token: ['x' hunter2]\n",
    "token:\n  a: 1\n   hunter2\n  b:2\n",
    "token:\n\n\n  a: hunter2\u200b\n",
    "spec:\n  privateKey: |\n" + "    hunter2\n" * 300 + "    ${x}\n   : [\n",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_never_stands_in_a_message(text: str):
    """Neither the message nor the hint repeats it, and no report may show its line."""
    found = read(text)[1]

    assert found
    for diagnostic in found:
        assert "hunter2" not in f"{diagnostic.message} {diagnostic.hint} {diagnostic.related}"
        assert not diagnostic.excerpt


def test_a_secret_key_hides_its_number():
    """Even a value that is only misread is not repeated."""
    diagnostic = only("password: 12_34\n")

    assert diagnostic.message == "this value is a number to some YAML readers and text to others"
    assert diagnostic.hint == "put it in quotes, or write the number without underscores"


def test_other_lines_may_be_shown():
    """A report without the line would be of little use."""
    assert only("spec:\n  other:\n    a: no\n").excerpt
    assert only("token:\n  a: x\nspec:\n  b:\n    c: no\n").excerpt


def test_long_values_are_cut():
    """A message is one line."""
    diagnostic = only("a: ${" + "x" * 100 + "}\n")

    assert diagnostic.message == '"${' + "x" * 38 + '…" holds a template expression'
    assert only("9" * 50 + ": x\n").hint == "put it in quotes"


def test_nothing_unprintable_stands_in_a_message():
    """A message could otherwise erase the screen or turn the line around."""
    for text in [
        '"\\e[2J\\n": ${a}\n',
        'a: "\\u202e\\U000e0001${x}\\t\\r\\n"\n',
        "a: \u2029\n",
        '"a\\nb": 1\n"a\\nb": 2\n',
    ]:
        for diagnostic in read(text)[1]:
            assert diagnostic.message.isprintable()
            assert diagnostic.hint.isprintable()
            assert "\u202e" not in diagnostic.message


def test_an_escape_is_replaced_in_the_value():
    """So later messages can show the value, too."""
    document, _ = read('a: "x\\u202ey"\n')

    assert document is not None
    assert document.value == {"a": "x\\u202ey"}


def test_every_diagnostic_is_an_error():
    """Reading has no opinions, only refusals."""
    assert {d.severity for text in SECRETS for d in read(text)[1]} == {Severity.ERROR}


def test_a_million_tag_directives_are_refused_at_once():
    """The parser itself compares each with all before it, which takes seconds."""
    text = "".join(f"%TAG !a{n}! x\n" for n in range(50_000))

    assert brief(text) == [("yaml-directive-forbidden", 1, 1)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a: team #1\n", [(1, 9)]),
        ("a: #1 team\n", [(1, 4)]),
        ("a:\n- #1\n- b #é\n", [(2, 3), (3, 5)]),
        ("a: b\n  c #1\n", [(2, 5)]),
        ("a: [b, c #d\n]\n", [(1, 10)]),
        ("a: b # 1\n", []),
        ("a: b ## 1\n", []),
        ("#1\na:\n  #2\n  b: c#3\n", []),
        ("a: 'b #1' #2\nc: \"d #3\"\n", []),
        ("a: |\n  b #1\nc: >\n  d #2\n", []),
    ],
)
def test_text_that_is_taken_for_a_comment_is_pointed_at(text: str, places: list[tuple[int, int]]):
    """Only where a value stands without quotes, or should stand, can anybody have meant the sign as text."""
    document, found = load("a.yaml", text.encode())

    assert document is not None
    assert [(d.position.line, d.position.column) for d in found if d.code == "comment-without-space"] == places


def test_many_comments_are_not_all_listed():
    """Who writes all comments like this is told twenty times, and how many there are."""
    found = load("a.yaml", b"- a #b\n" * 50)[1]

    assert len(found) == 20
    assert found[-1].hint.endswith("; 30 more of this file are not listed")
