"""Documents to valid documents, and to what is wrong with the others: where, why, and what to write instead."""

from cubec.schema.rules import RULES
from cubec.schema.verdict import check

__all__ = ["RULES", "check"]
