"""The upkeep tasks, each when its schedule says. A task that is not told to apply what it finds only reports it."""

from collections.abc import Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names, upkeep
from cubec.model.model import Site
from cubec.model.types import Task, Upkeep

FILE = "upkeep/jobs.yaml"

_NOBODY = 65532  # a user that no image and no node has anything for
_MINUTES = 60


def emit(site: Site) -> Iterator[Manifest]:
    if site.platform.upkeep is None:
        return
    for task in upkeep.tasks(site):
        asked = names.source(site.platform.origin, "upkeep", task.name)
        spec = _cron_job(site.platform.upkeep, task)
        yield Manifest("CronJob", names.task(task.name), site.platform.system_namespace, asked, {"spec": spec})


def _cron_job(settings: Upkeep, task: Task) -> dict[str, Any]:
    return {
        "schedule": task.schedule,
        "timeZone": settings.time_zone,
        "suspend": task.suspend,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 5 * _MINUTES,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {
            "spec": {
                "backoffLimit": 1,
                "activeDeadlineSeconds": 10 * _MINUTES,
                "ttlSecondsAfterFinished": 24 * 60 * _MINUTES,
                "template": {"spec": _pod(settings, task)},
            }
        },
    }


def _pod(settings: Upkeep, task: Task) -> dict[str, Any]:
    return {
        "serviceAccountName": names.task(task.name),
        "automountServiceAccountToken": True,
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "upkeep",
                "image": settings.image,
                "args": ["reconcile", task.name, *([] if task.dry_run else ["--apply"])],
                "resources": {
                    "requests": {"cpu": "100m", "memory": "128Mi"},
                    "limits": {"cpu": "1", "memory": "512Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }
