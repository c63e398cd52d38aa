"""Names of people and groups as an identity provider writes them."""

from unicodedata import normalize


def folded(name: str) -> str:
    """``name`` as it compares: letter case does not count, nor do other forms of the same letters, such as wide ones."""
    return (name if name.isascii() else normalize("NFKC", name)).casefold()
