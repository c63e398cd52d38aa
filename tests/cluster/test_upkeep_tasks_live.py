"""The upkeep tasks ``finished``, ``notebooks`` and ``rightSizing`` on a real API server, with their own accounts' tokens."""

import json
import time
from pathlib import Path

import pytest
import yaml
from tests.cluster.client import MERGE, Client, account_token
from tests.cluster.pods import job, long_running, pod
from tests.cluster.upkeep_site import Object, UpkeepSite, upkeep_site
from tests.cluster.upkeep_work import (
    NOTEBOOK,
    SPACE,
    USED,
    add,
    add_kinds,
    ago,
    an_hour_later,
    clear,
    idle_notebooks,
    lone_pod,
    names,
    path,
    report,
    soon,
    succeeded,
)
from tests.upkeep import answers

CLAIMS = (
    (
        "a Job and a lone pod that ended go after their time; what runs, or has a controller, stays",
        "test_what_ended_goes",
    ),
    ("a later manual run takes the place of the earlier one and of all that it started", "test_a_later_run_follows"),
    ("`finished` says in a dry run what it would remove, and removes nothing", "test_a_dry_run_removes_nothing"),
    (
        "who owns an idle notebook is reminded, it is stopped at the second sight, and a webhook hears of both",
        "test_idle_notebooks",
    ),
    ("a member keeps a notebook with the command of the reminder; nobody else can", "test_a_member_renews"),
    ("right-sizing writes its ConfigMap and nothing else", "test_right_sizing_is_a_report"),
)
pytestmark = pytest.mark.own_cluster


@pytest.fixture(scope="module")
def module_site(start_cluster, tmp_path_factory) -> UpkeepSite:
    made = upkeep_site(start_cluster, tmp_path_factory.mktemp("accounts"))
    add_kinds(made)
    made.run("nodes")  # pods of the group run on its pool's nodes
    return made


@pytest.fixture
def site(module_site: UpkeepSite) -> UpkeepSite:
    """The site without any work."""
    module_site.restore()
    clear(module_site)
    return module_site


def quickly(told: Object) -> None:
    told["ttl"] = "1s"


def at_work(site: UpkeepSite, *objects: Object) -> None:
    for one in objects:
        site.admin.must("POST", site.admin.path(one).rpartition("/")[0], one)


def phase(site: UpkeepSite, name: str) -> str:
    return str(site.get(path("v1", "pods", name)).get("status", {}).get("phase"))


def ended_work(site: UpkeepSite) -> None:
    """Two Jobs and two pods, of which one each ends; and a Job that belongs to somebody."""
    notes = {"annotations": {"test-cluster/run-for": "1s"}}
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "controller": True}
    nightly = job("of-a-schedule", SPACE, run_for="1s")
    cron = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "nightly", "namespace": SPACE}}
    cron |= {"spec": {"schedule": "1 1 1 1 *", "jobTemplate": {"spec": nightly["spec"]}}}
    made = site.admin.apply(cron).body
    nightly["metadata"]["ownerReferences"] = [{**owner, "uid": made["metadata"]["uid"]}]
    at_work(site, job("ends", SPACE, run_for="1s"), job("goes-on", SPACE, run_for="1h"), nightly)
    at_work(site, pod("ends", SPACE, **notes), long_running("goes-on", SPACE))
    site.cluster.eventually(lambda: phase(site, "ends") == "Succeeded", "the pod has ended")
    site.cluster.eventually(lambda: complete(site) == 2, "two Jobs have ended")
    site.cluster.eventually(lambda: phase(site, "goes-on") == "Running", "the other pod runs")
    time.sleep(2)
    site.tell("finished", quickly)


def complete(site: UpkeepSite) -> int:
    jobs = site.get(path("batch/v1", "jobs"))["items"]
    every = [one["type"] for item in jobs for one in item.get("status", {}).get("conditions", ())]
    return every.count("Complete")


def test_a_name_can_be_used_again(site: UpkeepSite):
    """What kwok deletes goes by name, late and maybe a namesake, so it does not delete what the API server removes by itself."""
    kept, gone = long_running("kept", SPACE), long_running("gone", SPACE, {"terminationGracePeriodSeconds": 30})
    kept["metadata"]["finalizers"] = ["test-cluster/kept"]
    at_work(site, kept, gone)
    for name in ("kept", "gone"):
        site.cluster.eventually(lambda name=name: phase(site, name) == "Running", f"{name} runs")
        site.admin.must("DELETE", path("v1", "pods", name))
    site.cluster.eventually(lambda: names(site, "v1", "pods") == ["kept"], "kwok has deleted the other pod")
    site.patch(path("v1", "pods", "kept"), {"metadata": {"finalizers": None}})

    log = [json.loads(line) for line in (site.cluster.folder / "log/kwok.log").read_text().splitlines()]
    assert [one["pod"] for one in log if one["msg"] == "Delete pod" and one["pod"].endswith(("kept", "gone"))] == [
        "dev1/gone"
    ]
    site.cluster.eventually(lambda: not names(site, "v1", "pods"), "the API server has removed it")


def test_what_ended_goes(site: UpkeepSite):
    """Removed are the Job, its pod with it, and the lone pod that ended; a second run removes nothing."""
    ended_work(site)
    first, second = site.run("finished"), site.run("finished")

    assert (first.status, first.end["done"], first.says("error")) == (0, 2, [])
    assert names(site, "batch/v1", "jobs") == ["goes-on", "of-a-schedule"]
    assert (second.status, second.end["planned"]) == (0, 0)
    left = {"goes-on", "of-a-schedule"}
    site.cluster.eventually(
        lambda: {name.rpartition("-")[0] or name for name in names(site, "v1", "pods")} | left == {*left, "goes"},
        "the Job's pod is gone",
    )
    assert phase(site, "goes-on") == "Running"


def test_a_dry_run_removes_nothing(site: UpkeepSite):
    """The log is the same but for its times and what it says of itself."""
    ended_work(site)
    before = names(site, "batch/v1", "jobs"), names(site, "v1", "pods")
    dry = site.run("finished", "--namespace", "cubec-system")
    after, real = (names(site, "batch/v1", "jobs"), names(site, "v1", "pods")), site.run("finished")

    assert before == after
    said = [[{**one, "time": "", "dryRun": ""} for one in run.log[:-1]] for run in (dry, real)]
    assert said[0] == said[1]
    assert (dry.end["done"], real.end["done"]) == (0, 2)


def test_a_later_run_follows(site: UpkeepSite):
    """Two manual runs and one of a schedule: the earlier manual one goes while it runs, with the job that it started."""
    workflow = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "resource": "workflows"}
    training = {"apiVersion": "kubeflow.org/v1", "kind": "TFJob", "resource": "tfjobs"}
    for name, schedule in (("first", "once"), ("cron", "contab"), ("second", "once")):
        labels = {"pipeline-id": "p", "run-id": name, "schedule_type": schedule}
        add(site, workflow, name, {"phase": "Running", "startedAt": ago(1)}, metadata={"labels": labels})
        add(site, training, f"of-{name}", metadata={"labels": {"run-id": name}})
        time.sleep(1.1)

    first, second = site.run("finished"), site.run("finished")

    assert (first.status, first.end["done"]) == (0, 2)
    assert names(site, "argoproj.io/v1alpha1", "workflows") == ["cron", "second"]
    assert names(site, "kubeflow.org/v1", "tfjobs") == ["of-cron", "of-second"]
    assert second.end["planned"] == 0


def stopped(site: UpkeepSite) -> bool:
    annotations = site.get(path("kubeflow.org/v1", "notebooks", "idle"))["metadata"]["annotations"]
    return "kubeflow-resource-stopped" in annotations


def reminders(site: UpkeepSite) -> dict[str, str]:
    """The notes of our Events by kind of what they are about."""
    events = site.get(path("events.k8s.io/v1", "events"))["items"]
    ours = [one for one in events if one.get("reportingController") == "cubec.io/cubec-upkeep"]
    return {one["regarding"]["kind"]: one["note"] for one in ours if one["reason"] == "EndsSoon"}


def test_idle_notebooks(site: UpkeepSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """First an Event about each, and nothing is stopped; an hour later the Notebook has its annotation, and the pod is gone."""
    monkeypatch.setenv("SSL_CERT_FILE", str(answers.certificate(tmp_path)))
    site.tell("notebooks", soon)
    idle_notebooks(site)
    with answers.server(answers.body(b""), tmp_path / "server.pem") as server:
        site.tell("notebooks", lambda told: told.update(ttl="2s", reminder="1s", webhook=f"{server.address}/hook"))
        first, again = site.run("notebooks"), site.run("notebooks")
        assert (stopped(site), names(site, "v1", "pods")) == (False, ["idle"])
        an_hour_later(site)
        second = site.run("notebooks")

    assert [run.status for run in (first, again, second)] == [0, 0, 0]
    assert "kubectl annotate pod idle -n dev1 --overwrite cubec.io/renewed=" in reminders(site)["Pod"]
    assert "kubectl annotate notebook idle -n dev1" in reminders(site)["Notebook"]
    assert again.end["planned"] == 0
    assert (stopped(site), names(site, "v1", "pods")) == (True, [])
    assert [(told["kind"], told["what"]) for _, told in server.requests] == [
        ("Notebook", "reminder"),
        ("Pod", "reminder"),
        ("Notebook", "stop"),
        ("Pod", "stop"),
    ]
    assert site.run("notebooks").end["done"] == 0


def renew(user: Client, version: str, plural: str) -> int:
    body = {"metadata": {"annotations": {"cubec.io/renewed": ago(0)}}}
    return user.ask("PATCH", path(version, plural, "idle"), body, MERGE).status


def test_a_member_renews(site: UpkeepSite):
    """What bob renewed in his group's namespace is not stopped; who is in another group may not touch it."""
    site.tell("notebooks", soon)
    idle_notebooks(site)
    site.run("notebooks")
    an_hour_later(site)
    bob = site.admin.user(account_token(site.admin, "cubec-users", "bob"))
    stranger = site.admin.user(account_token(site.admin, "cubec-system", "upkeep-finished"))
    kinds = ((NOTEBOOK["apiVersion"], NOTEBOOK["resource"]), ("v1", "pods"))

    refused = [renew(stranger, *kind) for kind in kinds]
    answers_of_bob = [renew(bob, *kind) for kind in kinds]
    site.tell("notebooks", lambda told: told.update(ttl="1m", reminder="1s"))
    run = site.run("notebooks")

    assert (refused, answers_of_bob) == ([403, 403], [200, 200])
    assert (run.status, stopped(site), names(site, "v1", "pods")) == (0, False, ["idle"])


def test_right_sizing_is_a_report(site: UpkeepSite):
    """After two runs the ConfigMap holds the change for the template's document; the second run of the task does nothing."""
    everything = site.get("/api/v1/podtemplates")["items"]
    for number in (1, 2):
        lone_pod(site, f"run-{number}", {"cubec.io/template": "pytorch"}, succeeded(number))
    with answers.server(answers.body(USED)) as server:
        site.tell("rightSizing", lambda told: told.update(prometheus=server.address, minRuns="2"))
        first, second = site.run("rightSizing"), site.run("rightSizing")

    (change,) = yaml.safe_load_all(report(site)["data"]["report.yaml"])
    assert (first.status, first.end["done"], second.end["planned"]) == (0, 1, 0)
    assert change["spec"]["resources"]["cpu"] == 6
    assert site.get("/api/v1/podtemplates")["items"] == everything
