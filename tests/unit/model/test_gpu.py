"""GPU notation against every form that cube-studio knew."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cubec.model import gpu
from cubec.model.gpu import Gpu, GpuError

READ = {
    "0": Gpu(Decimal(0)),
    "1": Gpu(Decimal(1)),
    "2": Gpu(Decimal(2)),
    "2.0": Gpu(Decimal(2)),
    "007": Gpu(Decimal(7)),
    "2(T4)": Gpu(Decimal(2), "T4"),
    "2（T4）": Gpu(Decimal(2), "T4"),
    "2(t4)": Gpu(Decimal(2), "T4"),
    "2 (T4)": Gpu(Decimal(2), "T4"),
    " 2( T4 ) ": Gpu(Decimal(2), "T4"),
    "0(T4)": Gpu(Decimal(0), "T4"),
    "2(vgpu)": Gpu(Decimal(2), "VGPU"),  # a model like any other: the pools say whether they have it
    "1(gpu)": Gpu(Decimal(1), "GPU"),
    "1(npu)": Gpu(Decimal(1), "NPU"),
    "1(mlu)": Gpu(Decimal(1), "MLU"),
    "1(A100-80G)": Gpu(Decimal(1), "A100-80G"),
    "1(RTX_4090.v2)": Gpu(Decimal(1), "RTX_4090.V2"),
    "0.5": Gpu(Decimal("0.5")),
    ".5": Gpu(Decimal("0.5")),
    "0.50": Gpu(Decimal("0.5")),
    "0.5(T4)": Gpu(Decimal("0.5"), "T4"),
    "1.5": Gpu(Decimal("1.5")),  # a number of slices, or an error of the pools: never cut to 1
}

REFUSED = {
    "": "does not begin with a number of cards",
    "abc": "does not begin with a number of cards",
    "T4": "does not begin with a number of cards",
    "(T4)": "does not begin with a number of cards",
    "+1": "does not begin with a number of cards",
    "1e3": "does not begin with a number of cards",
    "2.": "does not begin with a number of cards",
    "0x2": "does not begin with a number of cards",
    "１": "does not begin with a number of cards",
    "8G,0.5": "gives memory and a ratio, which no quota can hold",
    "-1": "asks for a negative number of cards",
    "-1(T4)": "asks for a negative number of cards",
    "-2": "asks for a negative number of cards",
    "-0.5": "asks for a negative number of cards",
    "1(T4": "has an unclosed parenthesis",
    "1T4)": "has an unclosed parenthesis",
    "1（T4": "has an unclosed parenthesis",
    "1(T4)(V100)": "is not a number of cards",
    "1((T4))": "is not a number of cards",
    "2)T4(": "is not a number of cards",
    "2 2(T4)": "is not a number of cards",
    "1()": "has empty parentheses",
    "1( )": "has empty parentheses",
    "1(gpu,T4)": "names a vendor beside the model",
    "1(nvidia,T4)": "names a vendor beside the model",
    "1(dcu,Z100)": "names a vendor beside the model",
    "1(T 4)": "has a model that cannot be a node label",
    "1(-T4)": "has a model that cannot be a node label",
    "1(T4，V100)": "has a model that cannot be a node label",
    "1(ſ4)": "has a model that cannot be a node label",  # its capital is an S
    "1(" + "A" * 41 + ")": "has a model that cannot be a node label",
    "1000001": "asks for more cards than any cluster has",
    "0.1234567": "is finer than any share of a card",
}


@pytest.mark.parametrize(("text", "item"), READ.items())
def test_read(text: str, item: Gpu):
    """A number, a fraction and a model are read as they are meant."""
    assert gpu.parse(text) == item


@pytest.mark.parametrize(("text", "problem"), REFUSED.items())
def test_refused(text: str, problem: str):
    """What cube-studio took for no card at all, or for another number, is refused with a reason and a way out."""
    with pytest.raises(GpuError) as caught:
        gpu.parse(text)

    assert caught.value.problem == problem
    assert caught.value.hint


@pytest.mark.parametrize(("value", "text"), [(2, "2"), (0.5, "0.5"), (2.0, "2"), (0.00001, "0.00001")])
def test_numbers(value: float, text: str):
    """A plain number in YAML is a number of cards."""
    assert str(gpu.parse(value)) == text


@given(
    st.decimals(0, 1_000_000, places=4),
    st.from_regex(r"[A-Z0-9]([A-Z0-9._-]{0,20}[A-Z0-9])?", fullmatch=True) | st.just(""),
)
def test_text_and_back(cards: Decimal, model: str):
    """What is printed is read as the same cards of the same model."""
    item = gpu.parse(f"{cards:f}({model})" if model else f"{cards:f}")

    assert item.cards == cards
    assert item.model == model
    assert gpu.parse(str(item)) == item


@given(st.text(max_size=20))
def test_nothing_else_happens(text: str):
    """Any text is read or refused, and what is read is never negative."""
    with suppress(GpuError):
        assert gpu.parse(text).cards >= 0


def test_whole_cards():
    """Whole cards are told from parts of cards."""
    assert gpu.parse("2.0").whole
    assert not gpu.parse("2.5").whole
