"""Work in the namespaces of groups for the upkeep tasks to look after: ended, idle or running, as a test needs it."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cluster.definitions import install, loose
from tests.cluster.pods import container
from tests.cluster.upkeep_site import SYSTEM, Object, UpkeepSite
from tests.upkeep import answers

SPACE = "dev1"
IDLE, REPORT = "idle-notebooks", "right-sizing"
USED = b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2.5"]}]}}'
NOTEBOOK = {"apiVersion": "kubeflow.org/v1", "kind": "Notebook", "resource": "notebooks"}


def add_kinds(site: UpkeepSite) -> None:
    """Definitions of the additions' kinds that the tasks are told about, each as far as it matters here."""
    told = [*site.told("finished")["kinds"], NOTEBOOK]
    kinds = [one for one in told if one["apiVersion"] != "batch/v1"]
    definitions = [loose(one["resource"], one["kind"], *one["apiVersion"].split("/")) for one in kinds]
    install(site.cluster, site.admin, definitions)


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def path(version: str, plural: str, name: str = "", space: str = SPACE) -> str:
    root = "apis" if "/" in version else "api"
    return f"/{root}/{version}/namespaces/{space}/{plural}" + (f"/{name}" if name else "")


def add(site: UpkeepSite, one: Object, name: str, status: Object | None = None, **parts: Any) -> Object:
    """An object of a kind that a task is told about; its status is written as its controller would write it."""
    metadata = {"name": name, **parts.pop("metadata", {})}
    body = {"apiVersion": one["apiVersion"], "kind": one["kind"], "metadata": metadata, **parts}
    own = one["apiVersion"] in ("v1", "batch/v1")
    where = path(one["apiVersion"], one["resource"])
    made: Object = site.admin.must("POST", where, body if own else {**body, "status": status or {}})
    if own and status:
        site.patch(f"{where}/{name}/status", {"status": status})
    return made


def drop(site: UpkeepSite, version: str, plural: str, space: str = SPACE) -> None:
    """All of a kind, and until they are gone."""
    site.admin.ask(
        "DELETE", path(version, plural, space=space), {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
    )
    site.cluster.eventually(lambda: not names(site, version, plural, space), f"{plural} are gone")


def names(site: UpkeepSite, version: str, plural: str, space: str = SPACE) -> list[str]:
    found = site.get(path(version, plural, space=space)).get("items", [])
    return sorted(item["metadata"]["name"] for item in found)


POD = {"apiVersion": "v1", "kind": "Pod", "resource": "pods"}
JOB = {"apiVersion": "batch/v1", "kind": "Job", "resource": "jobs"}


def lone_pod(site: UpkeepSite, name: str, labels: dict[str, str], status: Object | None = None) -> None:
    """A pod that no scheduler takes, so that it is what its status says."""
    spec = {"schedulerName": "nobody", "restartPolicy": "Never", "containers": [container()]}
    add(site, POD, name, status, metadata={"labels": labels}, spec=spec)


def succeeded(hours: float) -> Object:
    ended = {"terminated": {"exitCode": 0, "finishedAt": ago(hours), "startedAt": ago(hours + 1)}}
    status = {"name": "main", "image": "", "imageID": "", "ready": False, "restartCount": 0, "state": ended}
    return {"phase": "Succeeded", "startTime": ago(hours + 1), "containerStatuses": [status]}


def kept_job(site: UpkeepSite, name: str, status: Object) -> None:
    """A Job that its controller leaves alone."""
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    add(site, JOB, name, status, spec={"managedBy": "example.com/nobody", "template": template})


def clear(site: UpkeepSite) -> None:
    for one in (*site.told("finished")["kinds"], NOTEBOOK, POD):
        drop(site, one["apiVersion"], one["resource"])
    for name in (IDLE, REPORT):
        site.admin.ask("DELETE", path("v1", "configmaps", name, SYSTEM))


# what each task ever does, once


def finished(site: UpkeepSite) -> bool:
    """Remove one of each kind that is over, and report a Job that goes on for too long."""
    clear(site)
    kinds = site.told("finished")["kinds"]
    for one in kinds:
        if one["kind"] == "Workflow":
            add(site, one, "over", {"phase": "Succeeded", "finishedAt": ago(5)})
        elif one["kind"] != "Job":
            condition = {"type": "Succeeded", "status": "True", "lastTransitionTime": ago(5)}
            add(site, one, "over", {"conditions": [condition]})
    kept_job(site, "over", {"startTime": ago(6), "conditions": list(failed(5))})
    kept_job(site, "long", {"startTime": ago(100)})
    lone_pod(site, "over", {}, succeeded(5))
    done = site.run("finished")
    return (done.status, done.end.get("done")) == (0, len(kinds) + 2)


def failed(hours: float) -> Iterator[Object]:
    """The API server wants the first of these before the second."""
    for kind in ("FailureTarget", "Failed"):
        yield {"type": kind, "status": "True", "lastTransitionTime": ago(hours), "reason": "Test", "message": ""}


def soon(told: Object) -> None:
    """Notebooks are idle after a moment: nobody can make an object that is older than it is."""
    told |= {"ttl": "2s", "reminder": "1s"}


def idle_notebooks(site: UpkeepSite) -> None:
    """A Notebook and a lone pod that nobody uses."""
    add(site, NOTEBOOK, "idle", metadata={"annotations": {"notebooks.kubeflow.org/last-activity": ago(500)}})
    lone_pod(site, "idle", {"pod-type": "notebook"})
    time.sleep(3)


def an_hour_later(site: UpkeepSite) -> None:
    """The record as if the last run had been two hours ago."""
    where = path("v1", "configmaps", IDLE, SYSTEM)
    found = {uid: json.loads(text) for uid, text in site.get(where)["data"].items()}
    early = {uid: json.dumps({**one, "at": ago(2).replace("Z", ".000000Z")}) for uid, one in found.items()}
    site.patch(where, {"data": early})


def notebooks(site: UpkeepSite) -> bool:
    """Remind the owners of a Notebook and of a pod, and stop both."""
    clear(site)
    site.tell("notebooks", soon)
    idle_notebooks(site)
    first = site.run("notebooks")
    if first.status != 0:
        return False
    an_hour_later(site)
    second = site.run("notebooks")
    return [(run.status, run.end.get("done")) for run in (first, second)] == [(0, 3), (0, 3)]


def right_sizing(site: UpkeepSite) -> bool:
    """Write down what a run used, and then what another one did."""
    clear(site)
    runs = []
    with answers.server(answers.body(USED)) as server:
        site.tell("rightSizing", lambda told: told.update(prometheus=server.address, minRuns="2"))
        for number in (1, 2):
            lone_pod(site, f"run-{number}", {"cubec.io/template": "pytorch"}, succeeded(1))
            runs.append(site.run("rightSizing"))
    return [(run.status, run.end.get("done")) for run in runs] == [(0, 1), (0, 1)]


def report(site: UpkeepSite) -> Object:
    found: Object = site.get(path("v1", "configmaps", REPORT, SYSTEM))
    return found
