"""Whatever somebody does to a platform: nothing that holds data goes in silence, and nothing that only adds is refused."""

import os
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from cubec import pipeline
from cubec.model.model import Model
from cubec.plan import objects
from cubec.plan.plan import Plan
from tests.plans import platforms
from tests.plans.platforms import TODAY, Documents
from tests.plans.recorded import planned

# random pairs of platforms: what fits into some seconds; a long run sets 50000 and more
PAIRS = int(os.environ.get("CUBEC_PLAN_PAIRS", "120"))
HARD = {"removal-without-decommission", "unmarked-rename", "namespace-removal", "emptied-tree"}
MANY = settings(
    max_examples=PAIRS,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
DAY = date.fromisoformat(TODAY)


def plan(before: Documents, after: Documents) -> Plan | None:
    """None where the tree has errors, so that there is nothing for the guard to judge."""
    return planned(platforms.files(before), platforms.files(after), DAY)[0]


def codes(found: Plan) -> set[str]:
    return {item.code for item in found.refused}


def namespaces(found: Documents) -> dict[tuple[str, str], str]:
    """Cluster and namespace to group, from the documents alone."""
    places = {}
    for (kind, name), item in found.items():
        if kind == "Group":
            spec = item["spec"]
            own = [one["name"] for one in spec.get("namespaces", ())] or [spec.get("previously", [name])[0]]
            for placement in spec["placements"]:
                places |= {(placement["cluster"], namespace): name for namespace in own}
    return places


def over(spec: dict[str, Any]) -> bool:
    return spec.get("state") == "decommissioned" and spec["until"] < TODAY


def drained(spec: dict[str, Any], cluster: str) -> bool:
    """Whether the group was told before that nothing new starts there, and may go on elsewhere."""
    if spec.get("state") == "decommissioned":
        return over(spec)
    quota = next(one["quota"] for one in spec["placements"] if one["cluster"] == cluster)
    return spec.get("state") == "suspended" or quota.get("pods") == 0


def renamed(before: Documents, after: Documents) -> dict[str, str]:
    """Old name to new name, where the new document says so."""
    return {
        old: name
        for (kind, name), item in after.items()
        if kind == "Group"
        for old in item["spec"].get("previously", ())
        if ("Group", old) in before and ("Group", old) not in after and ("Group", name) not in before
    }


@pytest.mark.no_cover
@MANY
@given(st.data())
def test_nothing_goes_in_silence(data):
    """Whatever somebody does: namespaces, data and names go only as the documents of the base allow, and so do many at once."""
    before = data.draw(platforms.platforms())
    guard = {"maxRemovals": data.draw(st.integers(0, 4)), "maxRemovalShare": "20%", "maxTotalShare": "25%"}
    before["Platform", "research"]["spec"] = {"guard": guard}
    after = data.draw(platforms.edited(before))
    after["Platform", "research"]["spec"] = {"guard": {"maxRemovals": 1000}}  # which must not count
    found = plan(before, after)
    event("planned" if found is not None else "errors")
    if found is not None:
        event(f"refused: {', '.join(sorted(codes(found)))}")
        namespaces_go_when_they_may(before, after, found)
        data_goes_when_it_may(before, after, found)
        renames_are_marked(before, after, found)
        the_budget_is_kept(before, after, found, guard)


def namespaces_go_when_they_may(before: Documents, after: Documents, found: Plan) -> None:
    """A namespace leaves the tree only with a group past its last day, or after it was emptied; it never changes hands."""
    now, new = namespaces(after), renamed(before, after)
    for (cluster, namespace), group in namespaces(before).items():
        spec, heir = before["Group", group]["spec"], new.get(group, group)
        holder = now.get((cluster, namespace))
        if holder is None and ("Group", heir) not in after:
            assert over(spec) or codes(found) & HARD
        elif holder is None:
            assert drained(spec, cluster) or codes(found) & HARD
        elif holder != heir:
            assert codes(found) & HARD


def data_goes_when_it_may(before: Documents, after: Documents, found: Plan) -> None:
    """Another source under a claim, or a claim of a StorageClass made anew, needs a migration that the base announced."""
    announced = {
        name: item["spec"].get("migration", {}).get("until", "") >= TODAY
        for (kind, name), item in before.items()
        if kind == "Volume"
    }
    others = [name for kind, name in before if kind == "Volume" and after.get((kind, name)) != before[kind, name]]
    for name in others:
        new = after.get(("Volume", name))
        if new and new["spec"]["source"] != before["Volume", name]["spec"]["source"]:
            assert announced[name] or "source-change" in codes(found)
    assert "source-change" not in codes(found) or not all(announced[name] for name in others)
    for claim in found.destruction.claims:
        if not claim.data_stays:
            group = before["Group", namespaces(before)[claim.cluster, claim.namespace]]["spec"]
            assert announced[claim.volume] or drained(group, claim.cluster) or found.refused


def renames_are_marked(before: Documents, after: Documents, found: Plan) -> None:
    """A group that is gone, and a new one with its gid, is a rename that has to be marked."""
    new = renamed(before, after)
    fresh = {item["spec"]["gid"] for key, item in after.items() if key[0] == "Group" and key not in before}
    left = any(key[0] == "Group" for key in after)
    for (kind, name), item in before.items():
        gone = kind == "Group" and (kind, name) not in after and name not in new
        if left and gone and item["spec"]["gid"] in fresh:
            assert "unmarked-rename" in codes(found)


def the_budget_is_kept(before: Documents, after: Documents, found: Plan, guard: dict[str, Any]) -> None:
    """More removals than the base allows are refused, as many as it allows are not."""
    new = renamed(before, after)
    gone = [key for key in before if key not in after and not (key[0] == "Group" and key[1] in new)]
    over_budget = len(gone) > max(guard["maxRemovals"], len(before) * 25 // 100)
    for kind in {key[0] for key in gone}:
        of_kind = sum(key[0] == kind for key in before)
        over_budget |= sum(key[0] == kind for key in gone) > max(guard["maxRemovals"], of_kind * 20 // 100)
    assert ("removal-budget" in codes(found)) == over_budget


@pytest.mark.no_cover
@MANY
@given(st.data())
def test_what_only_adds_is_never_refused(data):
    """More documents, members, placements and volumes: the guard has nothing to say."""
    before = data.draw(platforms.platforms())
    found = plan(before, data.draw(platforms.enlarged(before)))
    event("planned" if found is not None else "errors")

    assert found is None or found.refused == ()


@pytest.mark.no_cover
@MANY
@given(st.data())
def test_what_is_left_out_would_not_have_differed(data):
    """Compiling only what a change can touch finds the same differences as compiling all of it."""
    before = data.draw(platforms.platforms())
    sides = [
        pipeline.analyse(platforms.files(one).items(), [], DAY) for one in (before, data.draw(platforms.edited(before)))
    ]
    old, new = (side.model for side in sides)
    if old is None or new is None or any(side.failed for side in sides):
        return

    def everything(one: Model) -> dict[objects.Identity, objects.Placed]:
        sites = (part for site in one.sites.values() for part in pipeline.site_parts(site))
        groups = (part for placement in one.placements for part in pipeline.placement_parts(placement))
        return {**objects.gather(sites), **objects.gather(groups)}

    assert pipeline.changed_objects(old, new) == objects.compare(everything(old), everything(new), new.clusters)


@pytest.mark.parametrize("left", [(), ("red",)])
def test_the_last_groups(left: tuple[str, ...]):
    """Groups past their last day may all go, even the last one; a single one among them that is not stops it."""
    before = platforms.fixed()
    for n, name in enumerate(("red", "blue")):
        spec = {"gid": 10001 + n, "members": [], "volumes": [], "placements": [{"cluster": "ack", "quota": {}}]}
        ended = {} if name in left else {"state": "decommissioned", "until": "2026-11-21", "reason": "over"}
        before["Group", name] = platforms.document("Group", name, {**spec, **ended})
    after = {key: item for key, item in before.items() if key[0] != "Group"}

    found = plan(before, after)

    assert found is not None
    assert codes(found) == ({"emptied-tree"} if left else set())


def test_no_cluster_left():
    """A platform that loses its last cluster has lost a file."""
    before = platforms.fixed()
    after = {key: item for key, item in before.items() if key[0] not in {"Cluster", "NodePool"}}

    found = plan(before, after)

    assert found is not None
    assert "emptied-tree" in codes(found)
