"""Telling a webhook what was done to whose objects: one small JSON object each, and never at the cost of the run."""

import json
from collections.abc import Sequence

from cubec.cluster import Object
from cubec.upkeep.plan import Finding
from cubec.upkeep.web import Server, StatusError, WebError

_MOST = 100  # messages of one run
_SECONDS = 30.0  # for all of them
_READ = 1024  # bytes of an answer


def tell(address: str, task: str, notices: Sequence[Object]) -> Finding | None:
    """Post each notice; what could not be said is one warning. A server that does not answer is not asked again."""
    if not address or not notices:
        return None
    if not address.startswith("https://"):
        return Finding("webhook", "its address does not begin with https://, so nobody was told", warning=True)
    server, told, trouble = Server(address, seconds=_SECONDS, most=_READ), 0, ""
    for notice in notices[:_MOST]:
        try:
            server.ask("POST", body=json.dumps({"task": task, **notice}))
            told += 1
        except StatusError as error:
            trouble = str(error)
        except WebError as error:
            trouble = str(error)
            break
    untold = len(notices) - told
    if not untold:
        return None
    return Finding(
        "webhook", f"{untold} of {len(notices)} messages were not delivered: {trouble or _many()}", warning=True
    )


def _many() -> str:
    return f"one run sends {_MOST} at most"
