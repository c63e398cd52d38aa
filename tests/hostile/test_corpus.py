"""Hostile files: each is refused (or read) for its own reason, at its own line, in less than a second and 256 MiB."""

import time
import tracemalloc
from dataclasses import dataclass

import pytest

from cubec.source.yaml import load

pytestmark = pytest.mark.no_cover  # measuring doubles its time, and other tests reach the same lines
MIB = 1 << 20
CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Case:
    """The first diagnostic of ``data`` has ``code`` and stands on ``line``."""

    name: str
    data: bytes
    code: str
    line: int = 1


def filled(unit: str, start: str = "", end: str = "") -> bytes:
    """Nearly as much of ``unit`` as a file may hold."""
    room = MIB - len(start.encode()) - len(end.encode())
    return (start + unit * (room // len(unit.encode())) + end).encode()


def numbered(line: str, count: int, start: str = "") -> bytes:
    return (start + "".join(line.format(number) for number in range(count))).encode()


def deep(opening: str, closing: str = "", levels: int = 100_000) -> bytes:
    return (opening * levels + "x" + closing * levels).encode()


def indented(unit: str, levels: int) -> bytes:
    return "".join(" " * (2 * level) + unit + "\n" for level in range(levels)).encode()


ALIAS_BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(f"k{n}: &k{n}\n  <<: [*a, *a]\n" for n in range(900))

NESTING = [
    Case("brackets", deep("["), "nesting-too-deep"),
    Case("closed-brackets", deep("[", "]"), "nesting-too-deep"),
    Case("braces", deep("{a: "), "nesting-too-deep"),
    Case("closed-braces", deep("{a: ", "}"), "nesting-too-deep"),
    Case("mixed-brackets", deep("[{a: ", "}]"), "nesting-too-deep"),
    Case("pairs-in-brackets", deep("[a: ", "]"), "nesting-too-deep"),
    Case("dashes", deep("- "), "nesting-too-deep"),
    Case("question-marks", deep("? "), "non-string-key"),
    Case("brackets-on-lines", deep("[\n"), "nesting-too-deep", 33),
    Case("keys-on-lines", indented("a:", 400), "nesting-too-deep", 33),
    Case("dashes-on-lines", indented("-", 400), "nesting-too-deep", 33),
    Case("lists-of-keys-on-lines", indented("- a:", 400), "nesting-too-deep", 17),
    Case("brackets-as-keys", deep("{[", "]: x}", 1000), "non-string-key"),
    Case("brackets-in-a-value", b"spec:\n  quota: " + deep("[", "]", 3000), "nesting-too-deep", 2),
    Case("brackets-one-too-deep", b"[" * 33 + b"]" * 33, "nesting-too-deep"),
    Case("brackets-just-right", b"[" * 32 + b"]" * 32, CLEAN),
    Case("bracket-fill", filled("["), "nesting-too-deep"),
    Case("comma-fill", filled("[a,"), "nesting-too-deep"),
    Case("quoted-key-fill", filled('{"a":'), "nesting-too-deep"),
    Case("tags-on-brackets", deep("!t ["), "yaml-tag-forbidden"),
    Case("anchors-on-brackets", numbered("&a{} [", 10_000), "alias-forbidden"),
]

BOMBS = [
    Case("alias-bomb", ALIAS_BOMB.encode(), "alias-forbidden"),
    Case("alias-bomb-in-brackets", b"[&a [x,x], &b [*a,*a], &c [*b,*b]]", "alias-forbidden"),
    Case("merge-bomb", MERGE_BOMB.encode(), "alias-forbidden"),
    Case("merge-of-a-literal", b"a:\n  <<: {b: 1}\n", "merge-key-forbidden", 2),
    Case("merge-of-a-list", b"<<: [{b: 1}, {c: 1}]\n", "merge-key-forbidden"),
    Case("merge-as-a-value", b"a: <<\n", "merge-key-forbidden"),
    Case("self-reference-in-a-list", b"&a [*a]\n", "alias-forbidden"),
    Case("self-reference-in-a-mapping", b"a: &x {y: *x}\n", "alias-forbidden"),
    Case("self-reference-as-a-key", b"&a {*a : b}\n", "alias-forbidden"),
    Case("alias-before-its-anchor", b"a: 1\nb: *x\nc: &x 1\n", "alias-forbidden", 2),
    Case("alias-to-nothing", b"a: *nothing\n", "alias-forbidden"),
    Case("anchor-of-a-megabyte", b"a: &" + b"a" * (MIB - 10) + b" b\n", "alias-forbidden"),
    Case("alias-of-a-megabyte", b"a: *" + b"a" * (MIB - 10), "alias-forbidden"),
    Case("many-anchors", numbered("k{0}: &a{0} x\n", 20_000), "alias-forbidden"),
    Case("anchor-without-a-value", b"a: &x\nb: 1\n", "alias-forbidden"),
    Case("two-anchors", b"a: &x &y b\n", "alias-forbidden"),
    Case("wildcard-host", b"a: 1\nhost: *.example.com\n", "yaml-syntax", 2),
]

TAGS = [
    Case("tag-of-python", b"a: !!python/object/apply:os.system [id]\n", "yaml-tag-forbidden"),
    Case("tag-of-python-name", b"a: !!python/name:os.system\n", "yaml-tag-forbidden"),
    Case("tag-int-on-text", b"a: !!int x\n", "yaml-tag-forbidden"),
    Case("tag-float-on-text", b"a: !!float x\n", "yaml-tag-forbidden"),
    Case("tag-bool-on-text", b"a: !!bool maybe\n", "yaml-tag-forbidden"),
    Case("tag-timestamp-on-text", b"a: !!timestamp x\n", "yaml-tag-forbidden"),
    Case("tag-binary", b"a: !!binary '!!!'\n", "yaml-tag-forbidden"),
    Case("tag-set", b"a: !!set {b, c}\n", "yaml-tag-forbidden"),
    Case("tag-omap", b"a: !!omap [b: 1]\n", "yaml-tag-forbidden"),
    Case("tag-null", b"a: !!null secret\n", "yaml-tag-forbidden"),
    Case("tag-str", b"a: 1\nb: !!str 1\n", "yaml-tag-forbidden", 2),
    Case("tag-on-a-key", b"!!str a: b\n", "yaml-tag-forbidden"),
    Case("tag-of-our-own", b"a: !Ref b\n", "yaml-tag-forbidden"),
    Case("tag-without-a-name", b"a: ! b\n", "yaml-tag-forbidden"),
    Case("tag-verbatim", b"a: !<tag:yaml.org,2002:str> b\n", "yaml-tag-forbidden"),
    Case("tag-unclosed", b"a: !<x y\n", "yaml-tag-forbidden"),
    Case("tag-with-unknown-handle", b"a: !e!x y\n", "yaml-tag-forbidden"),
    Case("tag-of-a-megabyte", b"a: !" + b"a" * (MIB - 10) + b" b\n", "yaml-tag-forbidden"),
    Case("tag-with-escapes", b"a: !%41%00 b\n", "yaml-tag-forbidden"),
    Case("tag-fill", filled("!a "), "yaml-tag-forbidden"),
    Case("directive-yaml", b"%YAML 1.1\n---\na: no\n", "yaml-directive-forbidden"),
    Case("directive-yaml-of-the-future", b"%YAML 3.0\n---\na: 1\n", "yaml-directive-forbidden"),
    Case("directive-tag", b"# c\n%TAG ! tag:x,2026:\n---\na: !b 1\n", "yaml-directive-forbidden", 2),
    Case("directive-unknown", b"%FOO bar\n---\na: 1\n", "yaml-directive-forbidden"),
    Case("directives-quadratic", numbered("%TAG !a{}! x\n", 60_000), "yaml-directive-forbidden"),
    Case(
        "directives-after-a-document", numbered("%TAG !a{}! x\n", 50_000, "a: 1\n...\n"), "yaml-directive-forbidden", 3
    ),
]

HIDDEN = [
    Case("key-behind-line-separator", "note: x\u2028role: admin\n".encode(), "hidden-character"),
    Case("key-behind-paragraph-separator", "note: x\u2029role: admin\n".encode(), "hidden-character"),
    Case("key-behind-next-line", "note: x\u0085role: admin\n".encode(), "hidden-character"),
    Case("key-behind-carriage-return", b"note: x\rrole: admin\n", "hidden-character"),
    Case("key-behind-form-feed", b"note: x\x0crole: admin\n", "hidden-character"),
    Case("key-behind-vertical-tab", b"note: x\x0brole: admin\n", "hidden-character"),
    Case("old-line-ends", filled("a: 1\r"), "hidden-character"),
    Case("doubled-carriage-return", b"a: 1\r\r\nb: 2\r\n", "hidden-character"),
    Case("zero-width-space-in-a-key", "a: 1\nro\u200ble: admin\n".encode(), "hidden-character", 2),
    Case("zero-width-joiner-in-a-name", "name: de\u200dv\n".encode(), "hidden-character"),
    Case("word-joiner", "name: de\u2060v\n".encode(), "hidden-character"),
    Case("soft-hyphen", "name: de\u00adv\n".encode(), "hidden-character"),
    Case("bidi-override", "a: 1\nb: \u202enimda\n".encode(), "hidden-character", 2),
    Case("bidi-isolate-in-a-comment", "a: 1 # \u2066x\u2069\n".encode(), "hidden-character"),
    Case("arabic-letter-mark", "a: \u061cx\n".encode(), "hidden-character"),
    Case("hangul-filler", "a\u3164: 1\n".encode(), "hidden-character"),
    Case("tag-characters", "a: x\U000e0041\U000e0042\n".encode(), "hidden-character"),
    Case("variation-selectors", "a: x\ufe01\U000e0100\n".encode(), "hidden-character"),
    Case("byte-order-mark-inside", "a: x\ufeff\n".encode(), "hidden-character"),
    Case("noncharacter", "a: \uffff\n".encode(), "hidden-character"),
    Case("interlinear-annotation", "a: \ufffa\n".encode(), "hidden-character"),
    Case("terminal-escape", b"a: \x1b]0;x\x07\n", "hidden-character"),
    Case("backspaces", b"a: admin\x08\x08\n", "hidden-character"),
    Case("delete", b"a: \x7f\n", "hidden-character"),
    Case("c1-control", "a: \u009b2J\n".encode(), "hidden-character"),
    Case("no-break-space-indentation", "a:\n\u00a0\u00a0b: 1\n".encode(), "hidden-character", 2),
    Case("ideographic-space-after-a-colon", "a:\u3000b\n".encode(), "hidden-character"),
    Case("odd-space-after-a-dash", "a:\n  -\u2003b\n".encode(), "hidden-character", 2),
    Case("escaped-nul", b'a: "\\0"\n', "hidden-character"),
    Case("escaped-terminal-escape", b'a: "\\e[2J"\n', "hidden-character"),
    Case("escaped-line-separator", b'a: "x\\Lrole: admin"\n', "hidden-character"),
    Case("escaped-next-line", b'a: "\\N"\n', "hidden-character"),
    Case("escaped-bidi", b'a: "\\u202e"\n', "hidden-character"),
    Case("escaped-carriage-return", b'a: "\\r"\n', "hidden-character"),
    Case("escaped-bidi-in-a-key", b'b: 1\n"\\u202e": 1\n', "hidden-character", 2),
    Case("escaped-surrogate", b'a: "\\ud800"\n', "yaml-syntax"),
    Case("escape-beyond-unicode", b'a: "\\U00110000"\n', "yaml-syntax"),
    Case("zero-width-fill", filled("\u200b", "a: "), "hidden-character"),
    Case("one-of-each", ("a: " + "".join(map(chr, range(0xE0000, 0xE0FFF)))).encode(), "hidden-character"),
]

ENCODINGS = [
    Case("nul", b"a: 1\nb: x\0y\n", "encoding-invalid", 2),
    Case("nul-fill", b"\0" * MIB, "encoding-invalid"),
    Case("latin-1", "a: 1\nb: é\n".encode("latin-1"), "encoding-invalid", 2),
    Case("utf-16", "a: 1\n".encode("utf-16"), "encoding-invalid"),
    Case("utf-16-big-endian", b"\xfe\xff\x00a", "encoding-invalid"),
    Case("utf-16-unmarked", "a: 1\n".encode("utf-16-le"), "encoding-invalid"),
    Case("utf-32", "a: 1\n".encode("utf-32"), "encoding-invalid"),
    Case("utf-7-is-only-text", b"a: +AGE-\n", CLEAN),
    Case("byte-order-mark", b"\xef\xbb\xbfa: 1\n", "encoding-invalid"),
    Case("two-byte-order-marks", b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n", "encoding-invalid"),
    Case("overlong-slash", b"a: \xc0\xaf\n", "encoding-invalid"),
    Case("raw-surrogate", b"a: \xed\xa0\x80\n", "encoding-invalid"),
    Case("beyond-unicode", b"a: \xf4\x90\x80\x80\n", "encoding-invalid"),
    Case("cut-off-letter", b"a: 1\r\nb: 2\r\nc: \xe5\x90", "encoding-invalid", 3),
    Case("lonely-continuation", b"a: \x80\n", "encoding-invalid"),
    Case("random-bytes", bytes((n * 197 + n // 7) % 256 for n in range(4096)), "encoding-invalid"),
    Case("gzip", b"\x1f\x8b\x08\x00" + b"\x00" * 40, "encoding-invalid"),
    Case("program", b"\x7fELF\x02\x01\x01\x00", "encoding-invalid"),
]

SIZES = [
    Case("one-byte-too-many", b"#" * (MIB + 1), "input-too-large"),
    Case("eight-megabytes", b"a: 1\n" * (8 * MIB // 5), "input-too-large"),
    Case("largest-comment", filled("#"), "empty-file"),
    Case("comment-lines", filled("#\n"), "empty-file"),
    Case("newlines", filled("\n"), "empty-file"),
    Case("spaces", filled(" "), "empty-file"),
    Case("tabs", filled("\t"), "yaml-syntax"),
    Case("empty", b"", "empty-file"),
    Case("only-a-marker", b"---\n", "empty-file"),
    Case("only-null", b"~\n", "empty-file"),
    Case("longest-text", filled("x", "a: "), CLEAN),
    Case("longest-quoted-text", filled("x", 'a: "', '"'), CLEAN),
    Case("longest-key", filled("x", "", ": 1"), "yaml-syntax"),
    Case("many-plain-lines", filled("x\n", "a: ", ""), "yaml-syntax", 2),
    Case("many-folded-lines", filled(" x\n", "a: >\n"), CLEAN),
    Case("many-literal-lines", filled("\n", "a: |\n"), CLEAN),
    Case("many-escapes", filled("\\n", 'a: "', '"'), CLEAN),
    Case("many-doubled-quotes", filled("''", "a: '", "'"), CLEAN),
    Case("many-keys", numbered("k{}: 1\n", 30_000), "too-many-values", 25_000),
    Case("many-items", b"- 1\n" * 60_000, "too-many-values", 50_000),
    Case("many-items-in-brackets", b"[" + b"1," * 60_000 + b"]", "too-many-values"),
    Case("many-empty-items", filled("-\n"), "too-many-values", 50_000),
    Case("many-empty-mappings", b"[" + b"{}," * 60_000 + b"]", "too-many-values"),
    Case("same-key-throughout", filled("a: 1\n"), "duplicate-key", 2),
    Case("colliding-keys", numbered("k{}: no\n", 20_000), "ambiguous-scalar"),
    Case("many-documents", filled("---\n"), "multi-document", 2),
    Case("many-document-ends", filled("...\n"), "yaml-syntax"),
    Case("second-document", b"a: 1\n---\nb: 1\n", "multi-document", 2),
    Case("second-document-hidden-far-below", b"a: 1\n" + b"\n" * 100_000 + b"--- {b: 1}\n", "multi-document", 100_002),
    Case("text-after-the-end", b"a: 1\n...\nb: 1\n", "multi-document", 3),
]

SCALARS = [
    Case("norway", b"country: no\n", "ambiguous-scalar"),
    Case("norway-as-a-key", b"a: 1\nno: 1\n", "ambiguous-scalar", 2),
    Case("workflow-key", b"on: push\n", "ambiguous-scalar"),
    Case("octal", b"mode: 0644\n", "ambiguous-scalar"),
    Case("new-octal", b"mode: 0o644\n", "ambiguous-scalar"),
    Case("binary", b"mode: 0b11\n", "ambiguous-scalar"),
    Case("underscores", b"uid: 1_000\n", "ambiguous-scalar"),
    Case("sexagesimal", b"at: 22:22\n", "ambiguous-scalar"),
    Case("sexagesimal-float", b"at: 22:22.5\n", "ambiguous-scalar"),
    Case("exponent", b"a: 1e3\n", "ambiguous-scalar"),
    Case("commit-like-exponent", b"commit: 1234567e8\n", "ambiguous-scalar"),
    Case("infinite-exponent", b"a: 1.0e+400\n", "ambiguous-scalar"),
    Case("infinity", b"cpu: .inf\n", "ambiguous-scalar"),
    Case("not-a-number", b"cpu: .NaN\n", "ambiguous-scalar"),
    Case("value-sign", b"a: =\n", "ambiguous-scalar"),
    Case("five-thousand-digits", b"uid: " + b"9" * 5000, "number-out-of-range"),
    Case("megabyte-of-digits", filled("9", "uid: "), "number-out-of-range"),
    Case("megabyte-of-zeros", filled("0", "uid: "), "ambiguous-scalar"),
    Case("megabyte-of-hexadecimal", filled("f", "uid: 0x"), "number-out-of-range"),
    Case("megabyte-of-decimals", filled("1", "uid: 0."), "number-out-of-range"),
    Case("megabyte-of-underscores", filled("_", "uid: 1", "x"), CLEAN),
    Case("megabyte-of-minutes", filled(":1", "uid: 1", "x"), CLEAN),
    Case("megabyte-of-digits-and-a-letter", filled("1", "uid: ", "x"), CLEAN),
    Case("megabyte-of-points", filled(".", "uid: "), CLEAN),
    Case("megabyte-of-dashes", filled("-", "uid: é"), CLEAN),
    Case("megabyte-of-dashes-first", filled("-", "", " é"), CLEAN),
    Case("megabyte-of-dashes-and-spaces", filled("- ", "", "é"), "nesting-too-deep"),
    Case("megabyte-of-words-and-a-space", filled("a", "", " é"), CLEAN),
    Case("megabyte-of-spaces-and-a-letter", filled(" ", "", "é"), CLEAN),
    Case("beyond-64-bits", b"uid: 9223372036854775808\n", "number-out-of-range"),
    Case("beyond-64-bits-below", b"uid: -9223372036854775808\n", "number-out-of-range"),
    Case("too-many-digits", b"cpu: 0.12345678901234567\n", "number-out-of-range"),
    Case("impossible-date-is-text", b"until: 2026-13-45\n", CLEAN),
    Case("impossible-time-is-text", b"until: 2026-01-01T25:61:61Z\n", CLEAN),
    Case("arabic-digits-are-text", "uid: ١٢\n".encode(), CLEAN),
    Case("wide-digits-are-text", "uid: １２\n".encode(), CLEAN),
]

KEYS = [
    Case("duplicate-key", b"a: 1\nb: 1\na: 2\n", "duplicate-key", 3),
    Case("duplicate-key-in-brackets", b"{a: 1, a: 2}\n", "duplicate-key"),
    Case("duplicate-key-quoted", b"a: 1\n'a': 2\n", "duplicate-key", 2),
    Case("duplicate-key-escaped", b'a: 1\n"\\x61": 2\n', "duplicate-key", 2),
    Case("number-as-a-key", b"1: a\ntrue: b\n1.0: c\n", "non-string-key"),
    Case("null-as-a-key", b"~: a\n", "non-string-key"),
    Case("list-as-a-key", b"? [a, b]\n: c\n", "non-string-key"),
    Case("mapping-as-a-key", b"{{a: b}: c}\n", "template-expression"),
    Case("mapping-as-a-key-spaced", b"{ {a: b}: c}\n", "non-string-key"),
    Case("stand-in-as-a-key", b'"\\02097153": 1\na: 1\na: 2\n', "hidden-character"),
    Case("dunder-keys-are-text", b"__class__: 1\n__proto__: 2\n", CLEAN),
]

TEMPLATES = [
    Case("jinja", b"a: '{{ 7*7 }}'\n", "template-expression"),
    Case("jinja-unquoted", b"a: 1\nb: {{ cycler.__init__.__globals__ }}\n", "template-expression", 2),
    Case("jinja-statement", b"a: 'x {% include x %}'\n", "template-expression"),
    Case("jinja-statement-unquoted", b"a: 1\n{% for x in y %}\n", "template-expression", 2),
    Case("jinja-at-the-end", b"a: x-{{ y }}\n", "template-expression"),
    Case("flux-variable", b"a: ${SECRET}\n", "template-expression"),
    Case("kubelet-variable", b"a: $(SECRET)\n", "template-expression"),
    Case("template-in-a-key", b"${A}: 1\n", "template-expression"),
    Case("template-in-a-block", b"a: |\n  echo ${A}\n", "template-expression"),
    Case("template-escaped", b'a: "\\x24{A}"\n', "template-expression"),
    Case("template-over-lines", b'a: "$\\\n  {A}"\n', "template-expression"),
    Case("template-in-a-list", b"a:\n- b\n- [c, '$(d)']\n", "template-expression", 3),
    Case("template-in-a-comment-is-fine", b"a: 1 # {{ b }} ${c}\n", CLEAN),
]

BROKEN = [
    Case("open-quote-fill", filled("x\n", 'a: "'), "yaml-syntax"),
    Case("open-bracket-fill", filled("a\n", "["), "yaml-syntax"),
    Case("colon-fill", filled("a:"), "yaml-syntax"),
    Case("colons-and-spaces", filled("a: "), "yaml-syntax"),
    Case("colons-only", filled(":"), "yaml-syntax"),
    Case("quotes-only", filled('"'), "yaml-syntax"),
    Case("apostrophes-only", b"'" * 99_999, "yaml-syntax"),
    Case("braces-turned", b"}{", "yaml-syntax"),
    Case("commas-only", filled(","), "yaml-syntax"),
    Case("percent-signs", filled("%"), "yaml-directive-forbidden"),
    Case("at-signs", filled("@"), "yaml-syntax"),
    Case("pipes", filled("|"), "yaml-syntax"),
    Case("backslashes", filled("\\"), CLEAN),
    Case("tab-indentation", b"a:\n\tb: 1\n", "yaml-syntax", 2),
    Case("tab-indentation-in-brackets", b"a: {\n\tb: 1}\n", "yaml-syntax", 2),
    Case("tabs-everywhere", filled("\t1,\n", "[\n", "]"), "too-many-values", 50_001),
    Case("fewer-tabs-everywhere", b"[\n" + b"\t1,\n" * 40_000 + b"]", "yaml-syntax", 2),
    Case("dedent-to-nowhere", indented("a:", 20) + b" b: 1\n", "yaml-syntax", 21),
    Case("deep-dedent", filled("\n", "    a: 1\n", "  b: 1\n"), "yaml-syntax", 1_048_562),
    Case("spaces-before-a-comment", b"a: b" + b" " * 1_000_000 + b"#c\n", "comment-without-space"),
    Case("comments-everywhere", b"- #b\n" * 40_000, "comment-without-space"),
    Case("shell-script", b"#!/bin/sh\nrm -rf /\n", CLEAN),
    Case("json-lines", b'{"a": 1}\n{"a": 2}\n', "yaml-syntax", 2),
    Case("merge-conflict", b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "yaml-syntax", 2),
    Case("large-file-pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", CLEAN),
    Case("html", b"<!DOCTYPE html>\n<html><body>404: not found</body></html>\n", "yaml-syntax"),
]

CASES = [*NESTING, *BOMBS, *TAGS, *HIDDEN, *ENCODINGS, *SIZES, *SCALARS, *KEYS, *TEMPLATES, *BROKEN]


def quickest(data: bytes) -> float:
    """Seconds of processor time; a busy machine gets a second and a third chance."""
    took = 60.0
    for _ in range(3):
        began = time.process_time()
        load("tenants/hostile.yaml", data)
        took = min(took, time.process_time() - began)
        if took < 1:
            break
    return took


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_files_are_judged_at_once(case: Case):
    """No crash, no hang, and the first thing said is what is really wrong, and where."""
    document, found = load("tenants/hostile.yaml", case.data)
    first = min(found, default=None)
    assert (first.code if first else CLEAN) == case.code
    assert (first.position.line if first else 1) == case.line
    assert document is not None or found
    assert quickest(case.data) < 1
    for diagnostic in found:
        assert (diagnostic.message + diagnostic.hint).isprintable()
        assert len(diagnostic.message) < 300


@pytest.mark.parametrize("case", [case for case in CASES if len(case.data) > 100_000], ids=lambda case: case.name)
def test_large_files_take_little_memory(case: Case):
    """What Python allocates stays far below what a build machine has."""
    tracemalloc.start()
    try:
        load("tenants/hostile.yaml", case.data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 256 * MIB


def test_the_corpus_is_large():
    """Every case has a name of its own, and there are many."""
    assert len({case.name for case in CASES}) == len(CASES) >= 120


def test_an_alias_bomb_is_never_opened():
    """Its values would fill the memory as soon as somebody walked over them."""
    document, found = load("tenants/hostile.yaml", ALIAS_BOMB.encode())

    assert document is None
    assert {d.code for d in found} == {"alias-forbidden"}
