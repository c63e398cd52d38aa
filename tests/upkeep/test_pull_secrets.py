"""The task ``pullSecrets`` under thousands of schedules of faults, against an API server in memory."""

import base64
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from cubec.upkeep import login
from tests.upkeep.runs import Run, World, world
from tests.upkeep.twin import Place

SCHEDULES, CHUNKS = 1500, 6
CANARY = "canary-5f1c"
TYPE, KEY = "kubernetes.io/dockerconfigjson", ".dockerconfigjson"
REGISTRIES = {"hub": "hubsecret", "lab": "pull-lab"}
SPACES = ("dev1", "dev2", "dev3", "dev4", "dev5")
RBAC = "rbac.authorization.k8s.io/v1"


def space(name: str) -> Place:
    return Place("v1", "namespaces", "", name)


def secret(namespace: str, registry: str) -> Place:
    return Place("v1", "secrets", namespace, REGISTRIES[registry])


def binding(namespace: str, registry: str) -> Place:
    return Place(RBAC, "rolebindings", namespace, f"cubec--upkeep-pull-secrets--{registry}")


def config(number: int) -> dict[str, str]:
    text = json.dumps({"auths": {"registry.example.com": {"auth": f"{CANARY}-{number}"}}})
    return {KEY: base64.b64encode(text.encode()).decode()}


def body(kind: str, name: str, **more: Any) -> dict[str, Any]:
    version = RBAC if kind == "RoleBinding" else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **more.pop("metadata", {})}, **more}


@dataclass
class Site:
    """A world of namespaces, what they list, and the registries that are declared."""

    world: World
    listed: dict[str, set[str]] = field(default_factory=dict)
    declared: tuple[str, ...] = ("hub", "lab")
    rotated: int = 0

    def allow(self, verb: str, where: Place) -> bool:
        """What the roles allow that the compiler emits, with a binding for each registry that a namespace lists."""
        if where.namespace not in SPACES:
            return True
        bound = {name for name in REGISTRIES if binding(where.namespace, name) in self.world.twin.objects}
        if where.plural == "rolebindings":
            return verb == "get" and where.name in {binding(where.namespace, name).name for name in bound}
        if verb == "create":
            return bool(bound)
        return verb in ("get", "update", "delete") and where.name in {REGISTRIES[name] for name in bound}

    def tell(self) -> None:
        registries = [
            {"registry": name, "secret": REGISTRIES[name], "binding": binding("", name).name} for name in self.declared
        ]
        self.world.tell({"from": "infra", "registries": registries, "platform": "research", "timeZone": "Etc/UTC"})

    def rotate(self, registry: str) -> None:
        self.rotated += 1
        self.original(registry, body("Secret", REGISTRIES[registry], type=TYPE, data=config(self.rotated)))

    def original(self, registry: str, value: dict[str, Any]) -> None:
        self.world.twin.drop(secret("infra", registry))
        self.world.twin.create(secret("infra", registry), value)

    def list(self, namespace: str, names: set[str], *, bind: bool = True) -> None:
        """What the engine does when a group's folder changes: the annotation, and the bindings with it."""
        twin = self.world.twin
        if space(namespace) not in twin.objects:
            labels = {"app.kubernetes.io/managed-by": "cubec", "app.kubernetes.io/part-of": "research"}
            twin.create(space(""), body("Namespace", namespace, metadata={"labels": {**labels, "cubec.io/group": "g"}}))
        self.listed[namespace] = names
        twin.change(
            space(namespace), {"metadata": {"annotations": {"cubec.io/pull-secrets": ",".join(sorted(names)) or None}}}
        )
        if bind:
            for name in REGISTRIES:
                self.bind(namespace, name, there=name in names)

    def bind(self, namespace: str, registry: str, *, there: bool) -> None:
        at, twin = binding(namespace, registry), self.world.twin
        if not there:
            twin.drop(at)
        elif at not in twin.objects:
            twin.create(at, body("RoleBinding", at.name))

    def bind_as_listed(self) -> None:
        for namespace, names in self.listed.items():
            if space(namespace) in self.world.twin.objects:
                for name in REGISTRIES:
                    self.bind(namespace, name, there=name in names)

    def relist(self, namespace: str, random: Random) -> None:
        """Another list for a namespace, or for all of them none; engines that prune take the bindings along."""
        if random.random() < 0.3:
            for one in tuple(self.listed):
                self.list(one, set(), bind=False)
        names = random.choice((set(), {"hub"}, {"lab"}, {"hub", "lab"}))
        self.list(namespace, names, bind=random.random() < 0.6)

    def change(self, random: Random) -> None:
        """Somebody does something to an original, a copy, a namespace or a binding."""
        namespace, registry, twin = random.choice(SPACES), random.choice(tuple(REGISTRIES)), self.world.twin
        at = secret(namespace, registry)
        match random.randint(0, 10):
            case 0 | 1:
                self.rotate(registry)
            case 2:
                broken = (
                    {"type": "Opaque", "data": config(0)},
                    {"type": TYPE, "data": {KEY: "e30="}},
                    {"type": TYPE, "data": {**config(1), "more": ""}},
                )
                self.original(registry, body("Secret", REGISTRIES[registry], **random.choice(broken)))
            case 3:
                twin.drop(secret("infra", registry))
            case 4 | 5 | 10:
                self.relist(namespace, random)
            case 6:
                if space(namespace) in twin.objects and at not in twin.objects:
                    owner = {"labels": {"app.kubernetes.io/managed-by": "me"}}
                    twin.create(at, body("Secret", at.name, metadata=owner, type="Opaque", data={"mine": "bWluZQ=="}))
            case 7:
                twin.change(
                    at, {"metadata": {"labels": {"somebody": str(self.rotated)}}, "data": config(random.randint(0, 3))}
                )
            case 8:
                twin.drop(at)
            case _:
                twin.drop(binding(namespace, registry))


def judge(site: Site, run: Run) -> None:
    """Only copies are written, no Secret of somebody else's is touched, none is removed beyond the cap, and no value is said."""
    for write in run.writes:
        assert (write.place.plural, write.place.namespace in SPACES) == ("secrets", True)
        assert write.before is None or login.ours(write.before)
        if write.after:
            assert write.after["type"] == TYPE
            assert write.after["metadata"]["ownerReferences"][0]["kind"] == "RoleBinding"
    assert sum(write.method == "DELETE" for write in run.writes) <= 3
    assert CANARY not in json.dumps(run.log)
    assert base64.b64encode(CANARY.encode()).decode()[:10] not in json.dumps(run.log) + repr(run.plan)


def judge_end(site: Site) -> None:
    """A copy of each login wherever it is listed, and no copy anywhere else."""
    twin = site.world.twin
    for namespace, names in site.listed.items():
        for registry in REGISTRIES:
            kept, original = twin.objects.get(secret(namespace, registry)), twin.objects.get(secret("infra", registry))
            ours = kept is not None and login.ours(kept.value)
            sound = original is not None and not login.wrong(original.value)
            if registry not in names:
                assert not ours
            elif registry in site.declared and sound and (ours or kept is None):
                assert kept
                assert kept.value["data"] == original.value["data"]


def schedule(seed: int) -> None:
    made = Site(world("pullSecrets", seed))
    made.world.twin.allow = made.allow
    random = made.world.wire.random
    made.world.twin.create(space(""), body("Namespace", "infra"))
    for registry in REGISTRIES:
        made.rotate(registry)
    for namespace in random.sample(SPACES, random.randint(1, 5)):
        made.list(namespace, {"hub", "lab"})
    made.tell()
    for run in made.world.disturb(made.change, random.randint(2, 4)):
        judge(made, run)
        if random.random() < 0.2:
            made.declared = random.choice((("hub", "lab"), ("hub",), ("lab",)))
            made.tell()
    made.bind_as_listed()
    for run in settled(made):
        judge(made, run)
    judge_end(made)


def settled(site: Site) -> list[Run]:
    """To rest; a copy whose binding went is the garbage collector's."""
    site.world.wire.meanwhile = lambda: None
    return site.world.settle()


@pytest.mark.no_cover
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_schedules(chunk: int):
    """Whatever fails, and whatever others do: listed pairs alone get a copy, nobody's own Secret is touched, and at rest all is as listed."""
    for seed in range(chunk, SCHEDULES, CHUNKS):
        try:
            schedule(seed)
        except BaseException as error:
            error.add_note(f"schedule({seed})")
            raise
