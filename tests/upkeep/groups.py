"""Namespaces of groups in a twin, and what is the same in all tests of tasks that look into them."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.upkeep.runs import Run, World
from tests.upkeep.twin import Place

SPACES = ("dev1", "dev2")
ALWAYS = {"platform": "research", "namespace": "cubec-system", "timeZone": "Etc/UTC"}
NOT_TOLD = ("", "{", "[]", "{}", '{"ttl": "0h", "kinds": []}')


def add_groups(world: World) -> None:
    for name in SPACES:
        ours = {"app.kubernetes.io/managed-by": "cubec", "app.kubernetes.io/part-of": "research"}
        metadata = {"name": name, "labels": {**ours, "cubec.io/group": name}}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        world.twin.create(Place("v1", "namespaces"), body)


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def wait(world: World, random: Random, hours: float) -> None:
    """Time goes by, a little more than nothing and up to so many hours."""
    world.twin.now += timedelta(hours=random.uniform(0.05, hours))


def rest(world: World, most: int = 30) -> list[Run]:
    """Runs without faults until one changes nothing: what it still asks for are Events that are there already."""
    world.wire.rate, world.wire.skew, world.wire.ends = 0, timedelta(), False
    world.wire.meanwhile = lambda: None
    runs = []
    for _ in range(most):
        world.twin.collect_garbage()
        runs.append(world.run())
        outcome = runs[-1].outcome
        assert outcome, runs[-1].trouble
        if not runs[-1].writes:
            assert outcome.outrun == outcome.planned == len(events(runs[-1]))
            return runs
    raise AssertionError(f"does not come to rest: {runs[-1].plan}")


def events(run: Run) -> list[Any]:
    """The Events that a run planned."""
    actions = run.plan.actions if run.plan else ()
    return [action.body for action in actions if action.body and action.body.get("kind") == "Event"]
