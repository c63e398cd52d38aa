"""Linux ids of people and groups: which ones nobody may have, and which one is free."""

from collections.abc import Container

# The schema refuses what is below 1000 and what does not fit into 31 bits.
RESERVED = {
    65534: 'Linux gives it to "nobody", and file servers put it on files whose owner they do not know',
    65535: "older programs keep ids in 16 bits, where it means that there is no id",
}
_FIRST, _LAST = 1000, 2**31 - 1


def next_free(value: int, taken: Container[int], retired: Container[int]) -> int:
    """Return the first id after ``value`` that is neither taken nor retired nor reserved."""
    found = value + 1
    while found in taken or found in retired or found in RESERVED or found > _LAST:
        found = found + 1 if found < _LAST else _FIRST
    return found
