"""The task ``nodes`` under thousands of schedules of faults, against an API server in memory."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from cubec.upkeep import managed, taints
from tests.upkeep.faults import FAULTS
from tests.upkeep.runs import Run, World, world
from tests.upkeep.twin import Place, Write

SCHEDULES, CHUNKS = 1500, 6
POOL = "cubec.node-restriction.kubernetes.io/pool"
ZONE = "example.com/zone"
NAMES = tuple(f"n{number}" for number in range(9))
FOREIGN = (
    {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute", "timeAdded": "2026-11-22T12:00:00Z"},
    {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"},
)
NOT_TOLD = ("", "{", "[]", "{}", '{"pools": null}', '{"pools": {}}', '{"pools": [{"name": "a"}]}')


def node(name: str) -> Place:
    return Place("v1", "nodes", "", name)


def pool(name: str, nodes: dict[str, Any], *more: str) -> dict[str, Any]:
    """A pool with a label of its own, those in ``more``, and a taint."""
    labels = {POOL: name, **dict.fromkeys(more, "true")}
    return {
        "name": name,
        "nodes": nodes,
        "labels": labels,
        "taints": [{"key": "cubec.io/pool", "value": name, "effect": "NoSchedule"}],
    }


POOLS = (
    pool("a", {"names": ["n0", "n1", "gone"]}, "train"),
    pool("b", {"names": ["n1", "n2", "n3", "n4", "n5", "n6", "n7"]}, "gpu", "notebook"),
    pool("c", {"selector": {ZONE: "c"}}, "gpu"),
    {"name": "d", "nodes": {"names": ["n4", "n8"]}, "labels": {"gpu": "false"}, "taints": []},
)


@dataclass
class Site:
    """A world of nodes, and what was declared in it last."""

    world: World
    declared: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str) -> None:
        if node(name) not in self.world.twin.objects:
            metadata = {"name": name, "labels": {"kubernetes.io/hostname": name, "rack": "r1"}}
            body = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"podCIDR": "10.0.0.0/24"}}
            self.world.twin.create(node(name), body, "kubelet")

    def change(self, random: Random) -> None:
        """Somebody does something to a node, or to what is declared."""
        name = random.choice(NAMES)
        at, twin = node(name), self.world.twin
        kept = twin.objects.get(at)
        if kept is None or random.random() < 0.1:
            twin.drop(at)
            if random.random() < 0.8:
                self.add(name)
            return
        listed = kept.value.get("spec", {}).get("taints", [])
        labels = random.choice(
            (
                {"rack": random.choice(("r1", "r2"))},
                {ZONE: random.choice(("c", None))},
                {POOL: random.choice(("x", None))},
                {"gpu": random.choice(("false", "true", None))},
            )
        )
        patch = random.choice(
            (
                {"metadata": {"labels": labels}},
                {"metadata": {"labels": labels}},
                {"status": {"heartbeat": random.randint(1, 10**6)}},
                {
                    "spec": {
                        "taints": [
                            *(one for one in listed if one not in FOREIGN),
                            *random.sample(FOREIGN, random.randint(0, 2)),
                        ]
                    }
                },
                {"spec": {"taints": random.sample(listed, random.randint(0, len(listed)))}},
            )
        )
        twin.change(at, patch, random.choice(("kubelet", "kubectl-label", "cloud")))

    def declare(self, random: Random) -> None:
        if random.random() < 0.15:
            self.world.tell(random.choice(NOT_TOLD))
            return
        self.declared = random.choice(([], list(POOLS), list(POOLS), random.sample(POOLS, 2), [POOLS[1]]))
        self.world.tell({"pools": self.declared, "platform": "research", "timeZone": "Etc/UTC"})


def keys(value: Any, part: str) -> dict[str, Any]:
    if part == "taints":
        return {f"{one['key']}:{one['effect']}": one for one in (value.get("spec") or {}).get("taints") or ()}
    return value["metadata"].get(part) or {}


def removes(write: Write) -> bool:
    assert write.before
    assert write.after
    return any(keys(write.before, part).keys() - keys(write.after, part).keys() for part in ("labels", "taints"))


def judge(run: Run) -> None:
    """No foreign key is touched, no node is made or deleted, and no more is removed in one run than may be."""
    for write in run.writes:
        assert write.method == "PATCH"
        assert write.before
        assert write.after
        ours = {
            "labels": {POOL, "train", "gpu", "notebook"},
            "annotations": {taints.RECORD},
            "taints": {"cubec.io/pool:NoSchedule"},
        }
        for part, allowed in ours.items():
            before, after = keys(write.before, part), keys(write.after, part)
            assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} <= allowed
        assert write.before.get("status") == write.after.get("status")
        assert write.before["spec"]["podCIDR"] == write.after["spec"]["podCIDR"]
    assert sum(removes(write) for write in run.writes) <= 3


def judge_end(site: Site, calm: list[Run]) -> None:
    """Every node has what its pool says, and nothing of ours beside; one in two pools is left alone."""
    for name in NAMES:
        kept = site.world.twin.objects.get(node(name))
        if kept is None:
            continue
        seen = site.world.twin._read(kept)
        labels = seen["metadata"].get("labels") or {}
        found = [
            one
            for one in site.declared
            if name in one["nodes"].get("names", ()) or ("selector" in one["nodes"] and labels.get(ZONE) == "c")
        ]
        if len(found) > 1:
            assert name not in {write.place.name for run in calm for write in run.writes}
            continue
        wanted = found[0] if found else {"labels": {}, "taints": []}
        assert managed.labels(seen) == wanted["labels"].keys()
        assert labels.items() >= wanted["labels"].items()
        live = keys(seen, "taints")
        assert all(live[f"{one['key']}:{one['effect']}"] == one for one in wanted["taints"])
        assert taints.ours(seen) <= {f"{one['key']}:{one['effect']}" for one in wanted["taints"]}


def schedule(seed: int) -> tuple[list[Run], Site]:
    """One of them; its runs come back, those under faults first."""
    made = Site(world("nodes", seed))
    random = made.world.wire.random
    for name in NAMES[: random.randint(1, 9)]:
        made.add(name)
    made.declare(random)
    rough = []
    for _ in range(random.randint(1, 3)):
        rough += made.world.disturb(made.change, 1)
        judge(rough[-1])
        made.declare(random)
    made.declared = made.declared or random.choice(([], list(POOLS)))
    made.world.tell({"pools": made.declared, "platform": "research", "timeZone": "Etc/UTC"})
    calm = made.world.settle()
    for run in calm:
        judge(run)
    judge_end(made, calm)
    return [*rough, *calm], made


@pytest.mark.no_cover
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_schedules(chunk: int):
    """Whatever fails, and whatever others do: only what was planned is done, within the cap, no foreign key is touched, and at rest all is as declared."""
    for seed in range(chunk, SCHEDULES, CHUNKS):
        try:
            schedule(seed)
        except BaseException as error:
            error.add_note(f"schedule({seed})")
            raise


@pytest.mark.no_cover
def test_the_schedules_meet_what_they_are_for():
    """Within a few hundred schedules every fault strikes, and runs end in every way there is."""
    runs, sites = [], []
    for seed in range(300):
        found, site = schedule(seed)
        runs += found
        sites.append(site)
    outcomes = [run.outcome for run in runs if run.outcome]

    assert {fault for site in sites for fault in site.world.wire.met} == set(range(len(FAULTS)))
    assert min(sum(bool(getattr(one, name)) for one in outcomes) for name in ("done", "outrun", "failed", "left")) >= 5
    assert sum("nothing was done" in run.trouble for run in runs) >= 20
    assert sum(run.trouble == "143" for run in runs) >= 5
    assert sum("apart; nothing was done" in run.trouble for run in runs) >= 5
    assert sum(any("one run makes" in one["text"] for one in run.log) for run in runs) >= 5
    assert sum(len(run.writes) for run in runs) >= 1000
