"""The task ``finished``: what it removes, what it leaves, and what it says."""

from datetime import timedelta
from typing import Any

import pytest

from cubec.upkeep import finished, times
from cubec.upkeep.plan import JobError, Plan
from cubec.upkeep.work import POD, Kind, Seen, Work

TOLD = {
    "ttl": "3h",
    "nightly": "23:30",
    "maxRuntime": "48h",
    "timeZone": "Etc/UTC",
    "platform": "research",
    "kinds": [],
}
NOW = times.moment("2026-11-22T12:00:00Z")
assert NOW
JOB = Kind("batch/v1", "Job", "jobs")
WORKFLOW = Kind("argoproj.io/v1alpha1", "Workflow", "workflows")
TFJOB = Kind("kubeflow.org/v1", "TFJob", "tfjobs")
MPI = Kind("kubeflow.org/v1alpha1", "MPIJob", "mpijobs")
TRAINING = Kind("kai.alibabacloud.com/v1alpha1", "TrainingJob", "trainingjobs")
RAY = Kind("ray.io/v1", "RayJob", "rayjobs")
SPARK = Kind("sparkoperator.k8s.io/v1beta2", "SparkApplication", "sparkapplications")
VOLCANO = Kind("batch.volcano.sh/v1alpha1", "Job", "jobs")


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def work(kind: Kind, name: str, *, created: float = 10, namespace: str = "dev1", **rest: Any) -> Work:
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": f"{namespace}/{kind.name}/{name}",
        "resourceVersion": "7",
        "creationTimestamp": ago(created),
        **{key: rest.pop(key) for key in ("labels", "ownerReferences", "deletionTimestamp") if key in rest},
    }
    return Work(kind, {"metadata": metadata, **rest})


def conditions(kind: str, hours: float, status: str = "True") -> dict[str, Any]:
    return {
        "conditions": [
            {"type": "Suspended", "status": "False"},
            {"type": kind, "status": status, "lastTransitionTime": ago(hours)},
        ]
    }


def ended_pod(hours: float) -> dict[str, Any]:
    terminated = {"state": {"terminated": {"finishedAt": ago(hours)}}}
    return {"phase": "Succeeded", "containerStatuses": [terminated]}


def plan(*found: Work) -> Plan:
    return finished.plan(TOLD, Seen(found, ()), NOW)


def removed(*found: Work) -> list[str]:
    return [action.about for action in plan(*found).actions if action.verb == "delete"]


ENDED = [
    (JOB, lambda hours: conditions("Complete", hours)),
    (JOB, lambda hours: conditions("Failed", hours)),
    (TFJOB, lambda hours: conditions("Succeeded", hours)),
    (MPI, lambda hours: {"launcherStatus": "Succeeded", "completionTime": ago(hours)}),
    (TRAINING, lambda hours: conditions("Succeeded", hours)),
    (RAY, lambda hours: {"jobDeploymentStatus": "Complete", "endTime": ago(hours)}),
    (SPARK, lambda hours: {"applicationState": {"state": "COMPLETED"}, "terminationTime": ago(hours)}),
    (VOLCANO, lambda hours: {"state": {"phase": "Completed", "lastTransitionTime": ago(hours)}}),
    (WORKFLOW, lambda hours: {"phase": "Error", "finishedAt": ago(hours)}),
    (POD, ended_pod),
    (POD, lambda hours: {"phase": "Failed", "conditions": [{"type": "Ready", "lastTransitionTime": ago(hours)}]}),
    (
        POD,
        lambda hours: {
            "phase": "Failed",
            "initContainerStatuses": [{"state": {"terminated": {"finishedAt": ago(hours)}}}],
            "containerStatuses": [{"state": {"waiting": {"reason": "PodInitializing"}}}],
        },
    ),
]


@pytest.mark.parametrize(("kind", "status"), ENDED)
def test_what_is_over_goes_after_a_while(kind: Kind, status: Any):
    """Every kind that ended four hours ago is removed, and what ended two hours ago is not yet."""
    old, new = work(kind, "old", status=status(4)), work(kind, "new", status=status(2))

    assert removed(old, new) == [old.about]


@pytest.mark.parametrize(("kind", "status"), ENDED)
def test_what_belongs_to_others_is_theirs(kind: Kind, status: Any):
    """What has a controller is left to it, whatever it says of itself."""
    owner = {"controller": True, "kind": "CronJob", "name": "nightly", "uid": "u"}

    assert not removed(work(kind, "old", status=status(40), ownerReferences=[owner]))


RAN = {"jobDeploymentStatus": "Complete", "endTime": ago(40)}
SPARKED = {"applicationState": {"state": "FAILED"}, "terminationTime": ago(40)}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (RAY, {"ttlSecondsAfterFinished": 10**6, "shutdownAfterJobFinishes": True}),
        (RAY, {"deletionStrategy": {"deletionRules": [{"policy": "DeleteWorkers"}]}}),
        (SPARK, {"timeToLiveSeconds": 0}),
    ],
)
def test_what_only_seems_to_remove_itself(kind: Kind, spec: Any):
    """Where a kind's own field would leave the object there for good, it goes after the platform's time."""
    assert removed(work(kind, "old", spec=spec, status=RAN if kind is RAY else SPARKED)) == [f"{kind.name} dev1/old"]


def test_an_empty_strategy_is_none():
    """A workflow whose strategy names no time is removed by nobody else."""
    status = {"phase": "Failed", "finishedAt": ago(40)}

    assert removed(work(WORKFLOW, "old", spec={"ttlStrategy": {}}, status=status)) == ["Workflow dev1/old"]


THEIR_OWN: list[tuple[Kind, Any, Any]] = [
    (JOB, {"ttlSecondsAfterFinished": 0}, conditions("Complete", 40)),
    (TFJOB, {"runPolicy": {"ttlSecondsAfterFinished": 10**6}}, conditions("Failed", 40)),
    (WORKFLOW, {"ttlStrategy": {"secondsAfterCompletion": 5}}, {"phase": "Failed", "finishedAt": ago(40)}),
    (
        WORKFLOW,
        {},
        {
            "phase": "Failed",
            "finishedAt": ago(40),
            "storedWorkflowTemplateSpec": {"ttlStrategy": {"secondsAfterFailure": 10**6}},
        },
    ),
    (RAY, {"deletionStrategy": {"deletionRules": [{"policy": "DeleteSelf"}]}}, RAN),
    (RAY, {"deletionStrategy": {"onSuccess": {"policy": "DeleteSelf"}}}, RAN),
    (SPARK, {"timeToLiveSeconds": 10**6}, SPARKED),
    (VOLCANO, {"ttlSecondsAfterFinished": 10**6}, {"state": {"phase": "Failed", "lastTransitionTime": ago(40)}}),
]


@pytest.mark.parametrize(("kind", "spec", "status"), THEIR_OWN)
def test_what_has_a_time_to_live_of_its_own(kind: Kind, spec: Any, status: Any):
    """The kind's own controller removes it, sooner or later than we would."""
    assert not removed(work(kind, "old", spec=spec, status=status))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (JOB, {}),
        (JOB, conditions("Complete", 40, "False")),
        (JOB, conditions("Failed", -5)),
        (JOB, {"conditions": [{"type": "Complete", "status": "True", "lastTransitionTime": "long ago"}]}),
        (JOB, {"conditions": "none"}),
        (TFJOB, conditions("Running", 40)),
        (WORKFLOW, {"phase": "Running", "finishedAt": ago(40)}),
        (WORKFLOW, {"phase": "Succeeded", "finishedAt": None}),
        (POD, {"phase": "Running", "containerStatuses": [{"state": {"terminated": {"finishedAt": ago(40)}}}]}),
        (POD, {"phase": "Failed", "containerStatuses": [{"state": {"waiting": {}}}]}),
        (POD, {**ended_pod(40), "initContainerStatuses": [{"state": {"running": {"startedAt": ago(50)}}}]}),
        (POD, {"phase": "Unknown"}),
        (VOLCANO, {"state": {"phase": "Aborted", "lastTransitionTime": ago(40)}}),
        (SPARK, {"applicationState": {"state": "SUBMISSION_FAILED"}, "terminationTime": ago(40)}),
        (RAY, {"jobDeploymentStatus": "Retrying", "endTime": ago(40)}),
        (RAY, {"jobDeploymentStatus": "Complete"}),
        (MPI, {"launcherStatus": "Failed", "completionTime": ago(40)}),
        (TRAINING, {"phase": "Succeeded", "completionTime": ago(40)}),
        (SPARK, {"applicationState": {"state": ["COMPLETED"]}, "terminationTime": ago(40)}),
        (TFJOB, {"conditions": [{"type": {}, "status": "True"}, None, 7]}),
    ],
)
def test_what_may_still_run_stays(kind: Kind, status: Any):
    """Running, waiting, ended in the future, or not plainly said: it counts as running."""
    assert not removed(work(kind, "running", status=status))


def launcher(owner: Work, **rest: Any) -> Work:
    reference = {"controller": True, "kind": "MPIJob", "name": "mpi", "uid": owner.uid}
    return work(JOB, f"{owner.metadata['name']}-launcher", ownerReferences=[reference], **rest)


@pytest.mark.parametrize("said", ["Failed", "Succeeded"])
def test_an_older_mpi_job_ends_with_its_launcher(said: str):
    """That kind keeps no time, so the Job of its launcher tells: one that failed for good, not one that is tried again."""
    over, again = (work(MPI, name, status={"launcherStatus": said}) for name in ("over", "again"))
    others = [launcher(over, status=conditions("Failed", 4)), launcher(again, status={"failed": 1})]

    assert removed(over, again, *others) == ["MPIJob dev1/over"]


def test_an_older_mpi_job_runs_with_its_launcher():
    """When it began is known from there, too."""
    mpi = work(MPI, "long", status={"launcherStatus": "Active"})

    found = plan(mpi, launcher(mpi, status={"startTime": ago(50)}))

    assert [finding.about for finding in found.findings] == ["MPIJob dev1/long"]


def test_a_removal_meets_nothing_newer():
    """It names the very object that was seen, in the state in which it was seen."""
    (action,) = plan(work(JOB, "old", status=conditions("Complete", 4))).actions

    assert (action.uid, action.version) == ("dev1/Job/old", "7")
    assert action.where == "/apis/batch/v1/namespaces/dev1/jobs/old"
    assert action.why == "ended at 2026-11-22 08:00 UTC"


def test_what_is_going_already_is_left_alone():
    """An object with a deletion timestamp is not removed a second time."""
    assert not removed(work(JOB, "old", status=conditions("Complete", 4), deletionTimestamp=ago(1)))


def test_debugging_pods_go_at_night():
    """Of the pods in which people debug, those that were there at 23:30 go, even running ones; the newer ones stay."""
    image = {"labels": {"pod-type": "docker"}, "status": {"phase": "Running"}}
    task = {"labels": {"run-id": "r1"}, "status": {"phase": "Running"}}
    gone = [work(POD, "docker-ann", created=13, **image), work(POD, "debug-step", created=14, **task)]
    kept = [
        work(POD, "docker-new", created=12, **image),
        work(POD, "step", created=14, **task),
        work(POD, "debug-notes", created=14, status={"phase": "Running"}),
    ]

    assert removed(*kept, *gone) == [one.about for one in gone]


def run(name: str, created: float, schedule: str = "once", pipeline: str = "p", run_id: str = "", **rest: Any) -> Work:
    labels = {"pipeline-id": pipeline, "run-id": run_id or name, "schedule_type": schedule}
    return work(WORKFLOW, name, created=created, labels=labels, **rest)


def test_a_manual_run_follows_the_earlier_ones():
    """The last manual run of a pipeline stays; earlier manual ones go with all that they started, scheduled ones stay."""
    runs = [run("first", 5), run("second", 4), run("third", 3), run("cron", 6, "contab"), run("cron2", 2, "contab")]
    others = [run("other", 9, pipeline="q"), run("elsewhere", 9, namespace="dev2")]
    children = [work(TFJOB, f"of-{name}", labels={"run-id": name}) for name in ("first", "third", "cron")]
    away = work(TFJOB, "of-first", labels={"run-id": "first"}, namespace="dev2")

    gone = removed(*runs, *others, *children, away)

    assert gone == ["Workflow dev1/first", "Workflow dev1/second", "TFJob dev1/of-first"]


def test_runs_that_began_together_both_stay():
    """Of two manual runs of the same second neither is the earlier one."""
    assert not removed(run("one", 5), run("two", 5))


def test_a_finished_run_takes_what_it_left():
    """With a workflow that is over goes what it started, unless that still runs."""
    over = run("over", 9, status={"phase": "Succeeded", "finishedAt": ago(4)})
    done = work(TFJOB, "done", labels={"run-id": "over"}, status=conditions("Succeeded", 1))
    busy = work(TFJOB, "busy", labels={"run-id": "over"}, status=conditions("Running", 1))

    assert removed(over, done, busy) == ["Workflow dev1/over", "TFJob dev1/done"]


def test_long_runs_are_reported():
    """After 48 hours a job gets a warning and an Event, and goes on; one that waits for its turn, or a lone pod, does not."""
    longs = [
        work(JOB, "long", status={"startTime": ago(50)}),
        work(VOLCANO, "long", status={"state": {"phase": "Running", "lastTransitionTime": ago(50)}}),
        work(
            SPARK,
            "long",
            status={"applicationState": {"state": "RUNNING"}, "lastSubmissionAttemptTime": ago(50)},
        ),
        work(WORKFLOW, "long", status={"phase": "Running", "startedAt": ago(50)}),
    ]
    others = [
        work(JOB, "short", status={"startTime": ago(40)}),
        work(JOB, "waits", spec={"suspend": True}, status={"startTime": ago(90)}),
        work(TFJOB, "waits", spec={"runPolicy": {"suspend": True}}, status={"startTime": ago(90)}),
        work(JOB, "done", status={"startTime": ago(90), **conditions("Complete", 1)}),
        work(POD, "server", status={"phase": "Running", "startTime": ago(900)}),
    ]

    found = plan(*longs, *others)

    text = "runs for longer than 48h"
    assert [(finding.about, finding.text) for finding in found.findings] == [(long.about, text) for long in longs]
    assert [action.about for action in found.actions] == [f"Event about {long.about}" for long in longs]


def test_one_run_removes_only_so_much():
    """Of a thousand finished jobs five hundred go in one run; that the others wait is said."""
    found = plan(*(work(JOB, f"j{number}", status=conditions("Complete", 4)) for number in range(1000)))

    assert len(found.actions) == 500
    assert "one run makes 500 at most" in found.findings[0].text


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": [{"apiVersion": "v1", "kind": "Secret", "resource": "secrets"}]},
        {"kinds": None},
        {"ttl": "0h"},
        {"ttl": None},
        {"nightly": "25:00"},
        {"timeZone": "Nowhere"},
        {"maxRuntime": ""},
    ],
)
def test_a_desired_state_that_is_none(wrong: dict[str, Any]):
    """With settings that the compiler would not write the run does nothing."""
    with pytest.raises(JobError):
        finished.plan({**TOLD, **wrong}, Seen((), ()), NOW)
