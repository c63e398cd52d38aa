"""What size would do for a template, and the change of its document that says so."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cubec.model.quantity import Quantity, whole
from cubec.upkeep.prometheus import Usage

_GIB = 2**30

Caps = Mapping[str, Quantity]  # of cpu and of memory
Amounts = tuple[Quantity, Quantity]  # request and limit


@dataclass(frozen=True, slots=True)
class Template:
    """What it asks for, and the variables in which it says so, where it does not say it in its resources."""

    name: str
    asks: Mapping[str, Amounts | None]
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence, and the new amounts of what should be another one, as a document writes them."""

    text: str
    amounts: Mapping[str, str]


def advise(template: Template, runs: int, peak: Usage, caps: Caps) -> Advice | None:
    """None where the template asks for just that. A request that was below the limit stays, if it still is."""
    wanted = {
        "cpu": min(caps["cpu"], whole(enough(peak.cpu))),
        "memory": min(caps["memory"], Quantity((whole(enough(peak.memory)) * _GIB).nano, binary=True)),
    }
    amounts = {}
    for resource, limit in wanted.items():
        asked = template.asks[resource]
        if asked is None or asked[1] != limit:
            amounts[resource] = _written(
                (min(asked[0], limit), limit) if asked and asked[0] < asked[1] else (limit, limit)
            )
    if not amounts:
        return None
    now = ", ".join(
        f"{resource} {_written(asked) if asked else 'nothing'}" for resource, asked in template.asks.items()
    )
    would = ", ".join(f"{resource} {text}" for resource, text in amounts.items())
    text = f"the largest of {runs} runs used {peak.cpu:.1f} cpu and {peak.memory:.1f}Gi: {would} would do; it asks for {now}"
    return Advice(text, amounts)


def enough(peak: float) -> int:
    """cube-studio's rule: two fifths more than the highest use, and two."""
    return math.ceil(peak * 1.4) + 2


def change(template: Template, advice: Advice) -> str:
    """The lines to put into the template's document in place of those that are there, as a document of their own."""
    lines = {"resources": dict[str, str](), "env": dict[str, str]()}
    for resource, amount in advice.amounts.items():
        variable = template.variables.get(resource)
        lines["env" if variable else "resources"][variable or resource] = amount
    spec = "".join(
        f"  {field}:\n" + "".join(f"    {key}: {amount}\n" for key, amount in amounts.items())
        for field, amounts in lines.items()
        if amounts
    )
    head = f"apiVersion: cubec.io/v1\nkind: JobTemplate\nmetadata:\n  name: {template.name}\n"
    return f"---\n# {advice.text}\n{head}spec:\n{spec}"


def _written(amounts: Amounts) -> str:
    request, limit = amounts
    return str(limit) if request == limit else f"{request}~{limit}"
