"""A word that is not known, and the known words, to the one that was probably meant."""

from collections.abc import Iterable

_SEPARATORS = str.maketrans("", "", "-_. ")
_SHORT = 3  # in words up to this length a replaced letter makes another word: gpu is no misspelt cpu
_PREFIX = 3


def near_miss(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that ``word`` was probably meant to be, or None. Equally near ones: the first by alphabet."""
    candidates = list(candidates)
    plain = _plain(word)
    limit = max(1, len(plain) // 3)
    best: tuple[int, str] | None = None
    for candidate in candidates:
        other = _plain(candidate)
        if candidate == word or abs(len(other) - len(plain)) > limit:
            continue
        distance = _distance(plain, other, limit)
        if distance <= limit and (best is None or (distance, candidate) < best):
            best = (distance, candidate)
            limit = distance
    return best[1] if best else _longer(word, candidates)


def _plain(word: str) -> str:
    return word.casefold().translate(_SEPARATORS)


def _longer(word: str, candidates: list[str]) -> str | None:
    """Return the only candidate that begins with ``word``, as ``memory`` does with ``mem``."""
    plain = _plain(word)
    longer = sorted(candidate for candidate in candidates if candidate != word and _plain(candidate).startswith(plain))
    return longer[0] if len(longer) == 1 and len(plain) >= _PREFIX else None


def _distance(word: str, other: str, limit: int) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours that make ``other`` of ``word``; stop above ``limit``."""
    replacing = 2 if min(len(word), len(other)) <= _SHORT else 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            same = letter == wanted
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (0 if same else replacing))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit + 1:  # a swap may still save one
            return limit + 1
        before, last = last, row
    return last[-1]
