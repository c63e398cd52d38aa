"""What the parser says about broken text, to what the person who wrote it did, and where."""

import re
from collections.abc import Callable

from yaml.error import MarkedYAMLError
from yaml.events import DocumentEndEvent, Event, ScalarEvent

from cubec.diagnostics import Diagnostic
from cubec.source.failure import Failure
from cubec.source.file_rules import MULTI_DOCUMENT
from cubec.source.grammar_rules import TEMPLATE_EXPRESSION, YAML_SYNTAX, YAML_TAG_FORBIDDEN
from cubec.source.quoting import TEMPLATE, quoted
from cubec.source.text import Text

_CONFLICT = re.compile("<{7} |>{7} ")  # what git writes around the two sides of a merge
_GLUED = re.compile(r"([\w.-]+|\"[^\"]*\"|'[^']*'):(?=[^\s:/])")


def explain(source: Text, error: MarkedYAMLError, last: Event | None) -> Diagnostic:
    """``last`` is the event before the error: what the parser had read until then."""
    problem, start = error.problem_mark, error.context_mark or error.problem_mark
    if problem is None or start is None:
        return YAML_SYNTAX.at(source.at(1, 1), "the text cannot be read as YAML", hint=_LOOK_AROUND)
    failure = Failure(
        source,
        f"{error.context or ''}: {error.problem or ''}",
        *(problem.line + 1, problem.column + 1, start.line + 1, start.column + 1),
        last,
    )
    certain = _conflict(source) or _template(failure)
    if certain:
        return certain
    if failure.character == "\t":
        return tab(source, failure.line, failure.column)
    if failure.character == ":" and failure.text[: failure.column - 1].strip()[-1:] in ("", "-", "{", "[", ","):
        return failure.at_problem("a colon stands here without a key before it", "write the key before the colon")
    return next(
        (explain_one(failure) for words, explain_one in _EXPLANATIONS if words in failure.problem), _unknown(failure)
    )


def tab(source: Text, line: int, column: int, *, more: int = 0) -> Diagnostic:
    """The commonest mistake of all: it cannot be seen, and editors make it on their own."""
    message = "a tab stands where YAML wants spaces" + (f", here and on {more} more lines" if more else "")
    hint = "replace it by spaces, two for each level; most editors can do so for you"
    return YAML_SYNTAX.at(source.at(line, column), message, hint=hint, excerpt=source.shows(line))


def _conflict(source: Text) -> Diagnostic | None:
    marks = (number for number, line in enumerate(source.lines, 1) if _CONFLICT.match(line))
    number = next(marks, 0)
    if not number:
        return None
    message = "a merge was not finished: git left both versions in this file"
    hint = "keep what is right of both, and remove the lines that start with <<<<<<<, ======= and >>>>>>>"
    return YAML_SYNTAX.at(source.at(number, 1), message, hint=hint, excerpt=source.shows(number))


def _template(failure: Failure) -> Diagnostic | None:
    for number in (failure.line, failure.from_line):
        match = TEMPLATE.search(failure.source.line(number))
        if match and " #" not in failure.source.line(number)[: match.start()]:
            message = f"the template expression {quoted(match[0])} stands here"
            hint = "write the value itself; nothing in a tenant file is replaced"
            return failure.at(number, match.start() + 1, message, hint, TEMPLATE_EXPRESSION)
    return None


def _glued(failure: Failure, number: int) -> Diagnostic | None:
    """The commonest reason why a line is no key and value: ``name:vision``."""
    line = failure.source.line(number)
    match = _GLUED.match(line, len(line) - len(line.lstrip(" -")))
    if not match:
        return None
    message = f"a space is missing after the colon of {quoted(match[1])}"
    return failure.at(number, match.end(), message, f"write a space after the colon: {quoted(match[1])[1:-1]}: …")


def _no_colon(failure: Failure) -> Diagnostic:
    line = failure.source.line(failure.from_line)
    if re.match(r"\s*-\S", line):
        return failure.at_start("a space is missing after the dash of a list item", 'write "- " before each item')
    message = "this line is neither a key with its value nor a list item"
    return _glued(failure, failure.from_line) or failure.at_start(
        message, 'write "key: value", or "- " before a list item'
    )


def _second_colon(failure: Failure) -> Diagnostic:
    began = failure.last.start_mark if isinstance(failure.last, ScalarEvent) else None
    if began is None or began.line + 1 == failure.line:
        message = "a second colon with a space after it stands on this line"
        return failure.at_problem(message, "put the value in quotes, or start a new line for the second key")
    number = began.line + 1
    glued = _glued(failure, number)
    if glued:
        return glued
    if failure.source.line(number)[: began.column].strip(" -"):
        indent = len(failure.text) - len(failure.text.lstrip())
        message = f"this line is indented below line {number}, which has a value already"
        hint = f"indent it like the key on line {number}, or put that value in quotes or on a line of its own"
        return failure.at(failure.line, indent + 1, message, hint)
    message = "this line is neither a key with its value nor a list item"
    return failure.at(number, began.column + 1, message, 'write "key: value", or "- " before a list item')


def _unexpected(failure: Failure) -> Diagnostic:
    """Something stands where the next key, item or the end was expected."""
    last = failure.last
    if isinstance(last, ScalarEvent) and last.style in ("'", '"'):
        after_quote = _after_quote(failure)
        if after_quote:
            return after_quote
    if failure.character in ("]", "}"):
        return _surplus(failure)
    if type(last) is DocumentEndEvent and any(line.startswith("...") for line in failure.source.lines[: failure.line]):
        hint = "remove it, or the line ... above"
        return failure.at(failure.line, failure.column, "text follows the end of the document", hint, MULTI_DOCUMENT)
    if not failure.starts_line:
        return failure.at_problem(
            "text follows where the value is complete", "remove it, or put the whole value in quotes"
        )
    return _misplaced(failure)


def _after_quote(failure: Failure) -> Diagnostic | None:
    """The last scalar was quoted: its quote may have closed where nobody meant it to."""
    start, end = failure.last.start_mark, failure.last.end_mark
    if end.line != failure.line - 1:
        return None
    if start.line < end.line:
        message = f"the quote that opens here is closed on line {failure.line} only"
        return failure.at(start.line + 1, start.column + 1, message, _CLOSE_QUOTE)
    hint = "remove it, or write a quote inside the text as '' between ' and as \\\" between \""
    return failure.at_problem("text follows the closing quote of a value", hint)


def _misplaced(failure: Failure) -> Diagnostic:
    indents: list[int] = []
    for number in range(failure.line - 1, max(failure.line - _FARTHEST, 0), -1):
        line = failure.source.line(number)
        indent = len(line) - len(line.lstrip())
        if line.strip() and not line.lstrip().startswith("#") and (not indents or indent < indents[-1]):
            indents.append(indent)
        if indent == 0 and indents:
            break
    own = failure.column - 1
    if own not in indents:
        fitting = " or ".join(str(indent) for indent in sorted(indents)) or "0"
        message = f"no line above is indented like this one, by {_spaces(own)}"
        return failure.at_problem(message, f"indent this line by {fitting} spaces")
    if failure.text[own:].startswith("-"):
        message = "a list item stands among keys"
        return failure.at_problem(message, "indent the items below the key of their list; delete the dash of a key")
    return failure.at_problem(
        "a key stands among list items", 'write "- " before an item, or indent a key like its neighbours'
    )


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count} spaces"


def _unclosed_bracket(failure: Failure) -> Diagnostic:
    bracket = failure.source.line(failure.from_line)[failure.from_column - 1 : failure.from_column]
    other = "]" if bracket == "[" else "}"
    opening = failure.source.line(failure.from_line)
    same_line = failure.line == failure.from_line and failure.character
    deeper = len(failure.text) - len(failure.text.lstrip()) > len(opening) - len(opening.lstrip())
    if same_line or (deeper and failure.text.strip()):
        message = f'a comma or the closing "{other}" is missing here'
        return failure.at_problem(message, f'separate the values by commas, and close the bracket with "{other}"')
    return failure.at_start(f'the bracket "{bracket}" that opens here is never closed', f'close it with "{other}"')


def _surplus(failure: Failure) -> Diagnostic:
    message = f'the bracket "{failure.character}" closes nothing'
    return failure.at_problem(message, "remove it, or write the bracket that opens")


def _no_content(failure: Failure) -> Diagnostic:
    if failure.character == ",":
        return failure.at_problem("a value is missing before the comma", "write the value, or remove the comma")
    if failure.character in ("]", "}"):
        return _surplus(failure)
    if not failure.character and failure.line >= len(failure.source.lines):
        return failure.at_problem("the text ends inside a bracket that is never closed", "close the bracket")
    return _unknown(failure)


def _escape(failure: Failure) -> Diagnostic:
    begin = failure.text.rfind("\\", 0, failure.column)
    message = "YAML does not know this escape in double quotes"
    return failure.at(failure.line, begin + 1, message, "write \\\\ for a backslash, or put the text in single quotes")


def _sign(failure: Failure) -> Diagnostic:
    sign = failure.source.line(failure.from_line)[failure.from_column - 1 : failure.from_column]
    return failure.at_start(f"a value without quotes cannot start with {quoted(sign)}", _QUOTES)


def _unknown(failure: Failure) -> Diagnostic:
    return failure.at_problem("the text cannot be read as YAML from here on", _LOOK_AROUND)


_FARTHEST = 500  # lines above, in the search for those that an indentation could belong to
_QUOTES = "put the value in quotes"
_CLOSE_QUOTE = "close it at the end of the value, or remove it"
_LOOK_AROUND = "look for a missing quote, bracket, colon or space on this line and the line above"

# What the parser says, in its words, to what it means; in the order in which they are looked for.
_EXPLANATIONS: tuple[tuple[str, Callable[[Failure], Diagnostic]], ...] = (
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("did not find expected key", _unexpected),
    ("did not find expected '-' indicator", _unexpected),
    ("did not find expected <document start>", _unexpected),
    ("did not find expected ','", _unclosed_bracket),
    ("did not find expected node content", _no_content),
    ("scanning a quoted scalar", lambda f: f.at_start("the quote that opens here is never closed", _CLOSE_QUOTE)),
    ("parsing a quoted scalar", _escape),
    ("cannot start any token", _sign),
    ("scanning an a", _sign),  # alias or anchor
    ("mapping keys are not allowed", _sign),
    ("tag", lambda f: f.at_start('text that starts with "!" is read as a YAML tag', _QUOTES, YAML_TAG_FORBIDDEN)),
    (
        "scanning a block scalar",
        lambda f: f.at_problem(
            'text follows the "|" or ">" that starts a block of text',
            "start the text on the next line, indented below its key",
        ),
    ),
    (
        "block sequence entries",
        lambda f: f.at_problem(
            "a list starts on the line of its key",
            "start a new line before the dash, or write [a, b]",
        ),
    ),
)
