"""Quantities against Kubernetes' canonical form."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cubec.model.quantity import MAX_NANO, NANO, ZERO, Quantity, QuantityError, parse, whole

# What k8s.io/apimachinery 0.36 makes of a text, as its own ParseQuantity and String say.
CANONICAL = [
    line.split()
    for line in """
        0 0
        0m 0
        0Ki 0
        0.0 0
        00 0
        -0 0
        +0 0
        1 1
        001.50 1500m
        .5 500m
        0.5 500m
        1.0 1
        1.5 1500m
        1000 1k
        1024 1024
        1000m 1
        1500m 1500m
        100m 100m
        0.1 100m
        0.25 250m
        0.001 1m
        0.0001 100u
        0.0000000001 1n
        0.000000001 1n
        1n 1n
        1000n 1u
        1u 1u
        1500u 1500u
        1000000u 1
        1m 1m
        2500m 2500m
        999m 999m
        12000m 12
        1k 1k
        1000k 1M
        1.5k 1500
        10k 10k
        1M 1M
        1.5M 1500k
        1000M 1G
        1G 1G
        4G 4G
        4.5G 4500M
        1T 1T
        1P 1P
        1E 1E
        9E 9E
        1.5e3 1500
        15e2 1500
        1e2 100
        0.1e1 1
        1Ki 1Ki
        1.5Ki 1536
        0.5Ki 512
        0.9Ki 921600m
        1.1Ki 1126400m
        0.1Ki 102400m
        0.3Ki 307200m
        0.0001Ki 102400u
        0.001Ki 1024m
        0.0000000001Ki 103n
        1.0001Ki 1024102400u
        1000Ki 1000Ki
        1023Ki 1023Ki
        1024Ki 1Mi
        1536Ki 1536Ki
        2048Ki 2Mi
        1000000Ki 1000000Ki
        123456789Ki 123456789Ki
        1Mi 1Mi
        0.5Mi 512Ki
        0.7Mi 734003200m
        1.5Mi 1536Ki
        1000Mi 1000Mi
        1024Mi 1Gi
        1536Mi 1536Mi
        60Gi 60Gi
        0.5Gi 512Mi
        0.1Gi 107374182400m
        1.25Gi 1280Mi
        5.5Gi 5632Mi
        1024Gi 1Ti
        1Ti 1Ti
        3.1Ti 3408486046105600m
        1Pi 1Pi
        1Ei 1Ei
        7Ei 7Ei
        1023 1023
        123456789 123456789
        1.23456789 1234567890n
        1.234567891234 1234567892n
        1.0000000001 1000000001n
        9223372036854775807 9223372036854775807
    """.strip().splitlines()
]

# The API server keeps these spellings; what cubec writes is the same amount, canonically.
REWRITTEN = {
    "+1": "1",
    "01": "1",
    "1.": "1",
    "1e3": "1k",
    "1E3": "1k",
    "1e+3": "1k",
    "1e6": "1M",
    "1e-3": "1m",
    "100e-3": "100m",
    "1e-10": "1n",
    "12e6": "12M",
    "1e18": "1E",
    "1234567.891": "1234567891m",
}

REFUSED = {
    "": "is not an amount",
    "-1": "is negative",
    "-0.5": "is negative",
    "-1Ki": "is negative",
    "-0.0000000001": "is negative",
    "1K": "has a unit that Kubernetes does not know",
    "1ki": "has a unit that Kubernetes does not know",
    "1gi": "has a unit that Kubernetes does not know",
    "1GB": "has a unit that Kubernetes does not know",
    "1GiB": "has a unit that Kubernetes does not know",
    "1 Gi": "has a space in it",
    "60 GB": "has a space in it",
    " 1Mi": "is not an amount",
    "1Mi ": "is not an amount",
    "Gi": "is not an amount",
    "m": "is not an amount",
    "e3": "is not an amount",
    "1e": "is not an amount",
    "1ee3": "is not an amount",
    "1..5": "is not an amount",
    "1.5.5": "is not an amount",
    "1,5": "is not an amount",
    "1_000": "is not an amount",
    "0x10": "is not an amount",
    "inf": "is not an amount",
    "NaN": "is not an amount",
    "1/2": "is not an amount",
    "--1": "is not an amount",
    "+-1": "is not an amount",
    "１": "is not an amount",
    "1h": "is not an amount",
    "9223372036854775808": "is larger than any cluster",
    "8Ei": "is larger than any cluster",
    "1000E": "is larger than any cluster",
    "1e999": "is larger than any cluster",
    "1" * 41: "is too long to be an amount",
}

SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "Ki": Fraction(2**10),
    "Mi": Fraction(2**20),
    "Gi": Fraction(2**30),
    "Ti": Fraction(2**40),
    "e3": Fraction(10**3),
    "E-2": Fraction(1, 100),
}
amounts = st.builds(Quantity, st.integers(0, MAX_NANO), st.booleans())


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_canonical_form(text: str, canonical: str):
    """A quantity is printed as the API server would store it."""
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(("text", "written"), REWRITTEN.items())
def test_other_spellings(text: str, written: str):
    """Exponents, signs and leading zeros are read, and never written."""
    assert str(parse(text)) == written


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refused(text: str, reason: str):
    """What is not in the grammar, negative or too large is refused with the reason."""
    with pytest.raises(QuantityError, match=f"^{reason}$"):
        parse(text)


@pytest.mark.parametrize(("value", "canonical"), [(8, "8"), (1.5, "1500m"), (0.1, "100m"), (1e-9, "1n"), (1e15, "1P")])
def test_numbers(value: float, canonical: str):
    """A plain number in YAML means what its text means."""
    assert str(parse(value)) == canonical


@given(
    digits=st.integers(0, 10**6), places=st.integers(0, 8), suffix=st.sampled_from(sorted(SUFFIXES)), dot=st.booleans()
)
def test_amount_is_exact(digits: int, places: int, suffix: str, dot: bool):
    """An amount is what the text says, rounded up to a billionth and never otherwise."""
    text = str(digits).zfill(places + 1)
    value = Fraction(digits, 10**places) if dot and places else Fraction(digits)
    if dot and places:
        text = f"{text[:-places]}.{text[-places:]}"
    exact = value * SUFFIXES[suffix] * NANO

    assert parse(text + suffix).nano == -(-exact.numerator // exact.denominator)


@given(amounts)
def test_text_and_back(amount: Quantity):
    """What is printed is read as the same amount, and printed the same again."""
    again = parse(str(amount))

    assert again == amount
    assert str(again) == str(amount)


@given(amounts, amounts)
def test_order_and_sum_are_those_of_the_amounts(one: Quantity, other: Quantity):
    """Quantities compare, add up and differ as amounts, whatever units they were written in."""
    assert (one < other) == (one.nano < other.nano)
    assert (one + other).nano == one.nano + other.nano
    assert one + other - other == one
    assert one * 3 == one + one + one


def test_units_make_no_difference():
    """1Gi is 1073741824 bytes, and equal to them."""
    assert parse("1Gi") == parse(1073741824)
    assert hash(parse("1Gi")) == hash(parse(1073741824))
    assert max(parse("1G"), parse("1Gi")) == parse("1Gi")


def test_nothing_is_false():
    """Zero of anything is no amount."""
    assert not ZERO
    assert not parse("0Gi")
    assert parse("1n")
    assert whole(1000) == parse("1k")


def test_bytes_that_are_no_kibibytes():
    """A number of bytes without a unit is read as a plain number, so it is printed as one, or every engine would see a change."""
    assert str(parse("14.901161193847656250Mi")) == "15625k"
    assert str(parse("1Gi") + parse("1")) == "1073741825"


def test_difference_may_be_negative():
    """A difference below zero is printed as Kubernetes prints it."""
    assert str(parse("1Gi") - parse("2Gi")) == "-1Gi"
    assert str(parse("1") - parse("1500m")) == "-500m"
