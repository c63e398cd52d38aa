"""The golden platform with some words of some files replaced, and the plan of that."""

from tests.plans.recorded import Files, laid_over, planned
from tests.test_golden import BASE

from cubec.diagnostics import Diagnostic
from cubec.plan.plan import Plan

DEV1, DEV2 = "tenants/groups/dev1.yaml", "tenants/groups/dev2.yaml"
VOLUME, POOL, PLATFORM = "tenants/volumes/department1.yaml", "tenants/pools/gpu-t4.yaml", "tenants/platform.yaml"


def base(**added: str) -> Files:
    files = laid_over(BASE)
    return {**files, **{f"tenants/added/{name}.yaml": text.encode() for name, text in added.items()}}


def edited(files: Files, *edits: tuple[str, str, str]) -> Files:
    """Each edit is a path, a word, and what stands in its place."""
    result = dict(files)
    for path, old, new in edits:
        text = result[path].decode()
        assert old in text, (path, old)
        result[path] = text.replace(old, new).encode()
    return result


def plan(before: Files, after: Files) -> Plan:
    found, said = planned(before, after)
    assert found is not None, said
    return found


def codes(found: Plan) -> list[str]:
    return [item.code for item in found.refused]


def only(found: Plan) -> Diagnostic:
    (refused,) = found.refused
    return refused
