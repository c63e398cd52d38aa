"""A parameter's default is not a value that the parameter takes.

The default is what a job gets if nobody changes it, so it has to be of the parameter's `type`, and one of its
`choices` where there are any. Otherwise the first person to use the template gets an error from the program inside.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      parameters:
        - {name: epochs, type: int, default: ten}

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      parameters:
        - {name: epochs, type: int, default: 10}
"""

import json
import re
from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.job_pod import has_default
from cubec.model.model import Model
from cubec.model.tenants import Parameter
from cubec.near import near_miss

RULE = Rule("parameter-default", Severity.ERROR, "a default is not a value that the parameter takes", __doc__ or "")

_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a mapping of keys and values",
    "json": "JSON",
}


def check(model: Model) -> Iterator[Diagnostic]:
    for template in model.templates.values():
        for parameter in template.parameters:
            if not has_default(parameter):
                continue
            yield from _chosen(parameter)
            if not _fits(parameter.type, parameter.default):
                yield RULE.at(
                    parameter.origin.at("default"),
                    f'the default of "{parameter.name}" is not {_WORDS[parameter.type]}',
                    hint=f"write {_WORDS[parameter.type]}, or change the type {parameter.type}",
                )


def _chosen(parameter: Parameter) -> Iterator[Diagnostic]:
    choices = [str(choice) for choice in parameter.choices]
    if not choices or isinstance(parameter.default, dict):
        return
    several = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    if parameter.type == "multiple" and isinstance(parameter.default, str):
        several = [word.strip() for word in parameter.default.split(",")]
    for value in several:
        if str(value) not in choices:
            near = near_miss(str(value), choices)
            yield RULE.at(
                parameter.origin.at("default"),
                f'"{value}" is not among the choices of "{parameter.name}"',
                hint=f'did you mean "{near}"?'
                if near
                else f"write one of {', '.join(choices)}, or add it to the choices",
            )


def _fits(kind: str, value: object) -> bool:
    if isinstance(value, str):
        return _reads(kind, value)
    types = _TYPES.get(kind)
    # to Python true is a number; to a person it is not
    return types is None or (isinstance(value, types) and (kind == "bool" or not isinstance(value, bool)))


def _reads(kind: str, text: str) -> bool:
    """Whether a text can be read as a value of the type, as cube-studio writes them."""
    match kind:
        case "int":
            return bool(_WHOLE.fullmatch(text))
        case "float":
            return bool(_NUMBER.fullmatch(text))
        case "bool":
            return text.lower() in ("true", "false")
        case "dict" | "json":
            return _json(text, dict if kind == "dict" else object)
        case _:
            return True


def _json(text: str, kind: type) -> bool:
    try:
        return isinstance(json.loads(text), kind)
    except ValueError:
        return False
