"""Expressions as the API server evaluates them: a library knows the language, this module what Kubernetes adds to it."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cubec.model.quantity import NANO, QuantityError, parse

_VARIABLES = ("namespaceObject", "object", "oldObject", "params", "request", "variables")
# In mutations a patch is written as an object of type JSONPatch. As a map it has the same fields, if these names mean themselves.
_PATCH = re.compile(r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|\bJSONPatch(?=\s*\{)")
_PATCH_FIELDS = {name: name for name in ("from", "op", "path", "value")}


class ExpressionError(Exception):
    """An expression gave no value; the message says why, as the library does."""


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """The plain value of an expression. A name that ``values`` does not have is an error where it is used, and nowhere else."""
    result = _compiled(expression).eval(data={**_PATCH_FIELDS, **values})
    if result.type().name() == "ERROR":
        raise ExpressionError(str(result.plain_value()))
    return result.plain_value()


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    try:
        return _environment().compile(_PATCH.sub(lambda match: match[1] or "", expression))
    except RuntimeError as error:
        raise ExpressionError(str(error)) from error


@lru_cache(maxsize=1)
def _environment() -> Any:
    from cel_expr_python import cel  # type: ignore[import-untyped]  # noqa: PLC0415 - 12 MB that only a rehearsal needs
    from cel_expr_python.ext import ext_optional, ext_strings  # type: ignore[import-untyped]  # noqa: PLC0415

    text, whole, anything, truth = cel.Type.STRING, cel.Type.INT, cel.Type.DYN, cel.Type.BOOL
    fields = cel.Type.Map(text, anything)

    def function(name: str, result: Any, parameters: list[Any], implementation: Callable[..., Any]) -> Any:
        member = name not in {"quantity", "jsonpatch.escapeKey"}
        overload = cel.Overload(f"{name}_{len(parameters)}", result, parameters, member, implementation)
        return cel.FunctionDecl(name, [overload])

    functions = [
        function("quantity", fields, [text], _quantity),
        function("asInteger", whole, [fields], _as_integer),
        function("sum", whole, [cel.Type.List(whole)], sum),
        function("jsonpatch.escapeKey", text, [text], lambda key: key.replace("~", "~0").replace("/", "~1")),
        *(
            function(name, fields, [fields, text], lambda asked, word, name=name: {**asked, name: word})
            for name in ("group", "resource", "namespace", "check")
        ),
        function("allowed", truth, [fields], _allowed),
    ]
    variables = {
        **dict.fromkeys(_VARIABLES, anything),
        **dict.fromkeys(_PATCH_FIELDS, text),
        "authorizer": fields,
    }
    extensions = [ext_strings.ExtStrings(), ext_optional.ExtOptional()]
    return cel.NewEnv(variables=variables, extensions=extensions, functions=functions)


def _quantity(text: str) -> dict[str, str]:
    try:
        return {"quantity": str(parse(text))}
    except QuantityError as error:
        raise ValueError(f'"{text}" {error}') from error


def _as_integer(amount: Mapping[str, str]) -> int:
    nano = parse(amount["quantity"]).nano
    if nano % NANO:
        raise ValueError(f"{amount['quantity']} is no whole number")
    return nano // NANO


def _allowed(asked: Mapping[str, Any]) -> bool:
    """``authorizer`` is a map with ``may``: what the person who asks may do, one line for each, as ``right`` writes it."""
    return right(asked["check"], asked["group"], asked["resource"], asked["namespace"]) in asked["may"]


def right(verb: str, api_group: str, resource: str, namespace: str) -> str:
    return f"{verb} {resource}.{api_group} in {namespace}"
