"""One document's values, read one by one: each bad value becomes a diagnostic at its place, and reading goes on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cubec.diagnostics import Diagnostic
from cubec.model import gpu, quantity
from cubec.model.quantity import ZERO, Quantity
from cubec.model.quotas import Limits, Quota, Range, Strings
from cubec.model.rules import BAD_DATE, BAD_GPU, BAD_QUANTITY, REQUEST_OVER_LIMIT
from cubec.source.document import Document, Origin, Pointer

_UNITS = "write a number with one unit and no space: 60Gi (memory), 500m or 2 (cpu)"


class Reader:
    """Reads values of ``document``; what was wrong is in ``diagnostics`` afterwards."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.spec: Mapping[str, Any] = document.value["spec"]
        self.name: str = document.value["metadata"]["name"]
        self.origin = Origin(document)
        self.diagnostics: list[Diagnostic] = []

    def quantity(self, value: Any, *pointer: str | int) -> Quantity:
        try:
            return quantity.parse(value)
        except quantity.QuantityError as error:
            self.diagnostics.append(BAD_QUANTITY.at(self.document.at(*pointer), f'"{value}" {error}', hint=_UNITS))
            return ZERO

    def optional_quantity(self, values: Mapping[str, Any], key: str, pointer: Pointer) -> Quantity | None:
        return self.quantity(values[key], *pointer, key) if key in values else None

    def gpu(self, value: Any, *pointer: str | int) -> tuple[gpu.Gpu, ...]:
        """Read a ``gpu`` field, one item or a list; items of zero cards are left out."""
        if not isinstance(value, list):
            items: list[tuple[Any, Pointer]] = [(value, pointer)]
        else:
            items = [(item, (*pointer, n)) for n, item in enumerate(value)]
        cards = []
        for item, place in items:
            try:
                cards.append(gpu.parse(item))
            except gpu.GpuError as error:
                message = f'"{item}" {error.problem}'
                self.diagnostics.append(BAD_GPU.at(self.document.at(*place), message, hint=error.hint))
        return tuple(item for item in cards if item.cards)

    def date(self, values: Mapping[str, Any], *pointer: str | int) -> date | None:
        """Read the date at the last key of ``pointer`` in ``values``; None where there is none."""
        text = values.get(str(pointer[-1]))
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            hint = "write a day that exists, as year-month-day: 2026-11-22"
            self.diagnostics.append(BAD_DATE.at(self.document.at(*pointer), f'"{text}" is not a day', hint=hint))
            return None

    def limits(self, values: Mapping[str, Any] | None, *pointer: str | int) -> Limits | None:
        if values is None:
            return None
        return Limits(
            cpu=self.optional_quantity(values, "cpu", pointer),
            memory=self.optional_quantity(values, "memory", pointer),
            gpu=self.gpu(values["gpu"], *pointer, "gpu") if "gpu" in values else None,
        )

    def quota(self, values: Mapping[str, Any], *pointer: str | int) -> Quota:
        return Quota(
            origin=Origin(self.document, pointer),
            cpu=self.optional_quantity(values, "cpu", pointer),
            memory=self.optional_quantity(values, "memory", pointer),
            ephemeral_storage=self.optional_quantity(values, "ephemeralStorage", pointer),
            gpu=self.gpu(values.get("gpu", 0), *pointer, "gpu"),
            storage=self.optional_quantity(values, "storage", pointer),
            claims=values.get("claims"),
            pods=values.get("pods"),
            services=values.get("services"),
            node_ports=values.get("nodePorts", 0),
            load_balancers=values.get("loadBalancers", 0),
            config_maps=values.get("configMaps"),
            secrets=values.get("secrets"),
            jobs=values.get("jobs", {}),
            per_pod=self.limits(values.get("perPod"), *pointer, "perPod"),
            borrow=self.limits(values.get("borrow"), *pointer, "borrow"),
            lend=self.limits(values.get("lend"), *pointer, "lend"),
            weight=self.optional_quantity(values, "weight", pointer),
        )

    def range(self, value: Any, *pointer: str | int) -> Range:
        """Read ``request~limit``; a plain amount is both."""
        low, tilde, high = value.partition("~") if isinstance(value, str) else (value, "", "")
        request = self.quantity(low, *pointer)
        return self.ordered(request, self.quantity(high, *pointer) if tilde else request, *pointer)

    def ordered(self, request: Quantity, limit: Quantity, *pointer: str | int) -> Range:
        if request.nano > limit.nano:
            message = f"the request of {request} is larger than the limit of {limit}"
            hint = "lower the request or raise the limit"
            self.diagnostics.append(REQUEST_OVER_LIMIT.at(self.document.at(*pointer), message, hint=hint))
        return Range(request, limit)


def strings(values: Mapping[str, Any], key: str, default: Sequence[str] = ()) -> Strings:
    return tuple(values.get(key, default))
