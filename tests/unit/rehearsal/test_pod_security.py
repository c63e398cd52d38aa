"""The levels of Pod Security, field by field; the live cluster answers to the same table."""

from typing import Any

import pytest
from tests.cluster.pods import pod
from tests.unit.rehearsal.rehearsing import against, model, tried
from tests.unit.rehearsal.security_rows import ORDER, RESTRICTED, ROWS, Row, allowed

from cubec.rehearsal import kept, pod_security

STRICT = ("  gid: 10001\n", "  gid: 10001\n  podSecurity: restricted\n")


@pytest.mark.parametrize("level", ORDER)
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_row(row: Row, level: str):
    """Each field is allowed by the levels that Kubernetes documents, and by no stricter one."""
    for minor in (33, 36):
        found = list(
            pod_security.violations(kept.pod(pod("pod", "dev1", row.pod, annotations=row.notes)), level, minor)
        )

        assert (found == []) == allowed(row, level, minor)


@pytest.mark.parametrize(
    ("whole", "first"),
    [
        ({"seLinuxOptions": {"type": "container_engine_t"}}, 31),
        ({"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}, 32),
    ],
)
def test_what_later_versions_allow(whole: dict[str, Any], first: int):
    """A level is that of the cluster's version."""
    value = kept.pod(pod("pod", "dev1", {"securityContext": whole}))

    assert [list(pod_security.violations(value, "baseline", minor)) == [] for minor in (first - 1, first)] == [
        False,
        True,
    ]


def test_rows_are_enough_and_told_apart():
    """Every level has pods that pass and pods that do not."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40
    assert {row.passes for row in ROWS} == set(ORDER)


@pytest.mark.parametrize("row", [row for row in ROWS if not allowed(row, RESTRICTED)], ids=lambda row: row.name)
def test_a_group_of_level_restricted(row: Row):
    """The level of the group's namespace is the one that counts, and the refusal names the field."""
    item = tried(model("admission", STRICT), pod("pod", "dev1", row.pod, annotations=row.notes))

    found = against(item, "pod security")
    assert found
    assert all(message.startswith(("spec.", "metadata.")) for message in found)


def test_the_field_is_pointed_at():
    """A refusal has the place of the field in the submitted file."""
    item = tried(model("admission"), pod("pod", "dev1", {"hostNetwork": True}))

    (finding,) = [one for one in item.pods[0].findings if one.stage == "pod security"]
    assert finding.at is not None
    assert finding.at.path == "job.yaml"
    assert finding.at.column > 1
