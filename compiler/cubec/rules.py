"""Every diagnostic there is, from the loader to the last check."""

from collections.abc import Mapping

from cubec import pipeline, schema
from cubec.checks import CHECKS
from cubec.diagnostics import Rule
from cubec.model import rules as model_rules
from cubec.plan import guard_rules
from cubec.rehearsal import rules as rehearsal_rules
from cubec.source import rules as source_rules

RULES: tuple[Rule, ...] = (
    *source_rules.RULES,
    *schema.RULES,
    pipeline.PLATFORM_MISSING,
    *model_rules.RULES,
    *(check.RULE for check in CHECKS),
    *guard_rules.RULES,
    *rehearsal_rules.RULES,
)


def by_code() -> Mapping[str, Rule]:
    return {rule.code: rule for rule in sorted(RULES, key=lambda rule: rule.code)}
