"""Kubernetes Events: what a task did to an object, or will do, where its owner looks."""

import hashlib
from datetime import datetime

from cubec.cluster import Object, path
from cubec.upkeep.plan import Action

_REPORTER = "cubec-upkeep"
_NOTE, _NAME = 1024, 200  # characters; what the API server takes is 1,024, and 253 of the whole name


def event(about: Object, reason: str, note: str, now: datetime, *, action: str, warning: bool = False) -> Action:
    """Say ``note`` about an object, once: the same words about the same object have the same name, and are there already.

    ``reason`` is one word in camel case, ``action`` what is or will be done, in camel case, too.
    """
    metadata = about["metadata"]
    said = hashlib.sha256(f"{metadata['uid']}\0{reason}\0{note}".encode()).hexdigest()[:16]
    namespace, moment = metadata["namespace"], now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    body = {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name'][:_NAME].rstrip('.-')}.{said}", "namespace": namespace},
        "eventTime": moment,
        "reportingController": f"cubec.io/{_REPORTER}",
        "reportingInstance": _REPORTER,
        "action": action,
        "reason": reason,
        "type": "Warning" if warning else "Normal",
        "note": note[:_NOTE],
        "regarding": {
            "apiVersion": about["apiVersion"],
            "kind": about["kind"],
            "namespace": namespace,
            "name": metadata["name"],
            "uid": metadata["uid"],
        },
    }
    name = f"Event about {about['kind']} {namespace}/{metadata['name']}"
    return Action("create", path("events.k8s.io/v1", "events", namespace), name, note, body)
