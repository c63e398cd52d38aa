"""Put the plans of pull requests into one comment each, with a right to comment that the pull request's own code never has.

A plan comes from a run that the pull request controls: it is judged by untrusted.py before it is posted, and which pull request
it belongs to is asked of the host. The token comes on standard input.

    comment.py github --api URL --repository OWNER/NAME --event FILE    after a run of the workflow, whose event is in FILE
    comment.py gitlab --api URL --project NUMBER                        for all merge requests that are open
"""

import argparse
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from untrusted import FILE, MARK, MOST_BYTES, RefusedError, judged, unpacked

ARTIFACT, JOB = "cubec-plan", "plan"
_BOT = "github-actions[bot]"
_ANSWER = 16 << 20
_PAGE, _PAGES = 100, 50
_SECONDS = 60
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})


class Api:
    """A host's REST interface. A redirect is followed once, without the token, and only where a file is fetched."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url.rstrip("/")
        self._headers = {"User-Agent": "cubec", "Accept": "application/json", **headers}
        self._opener = urllib.request.build_opener(_Stay)

    def json(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self._read(method, f"{self._url}{path}", self._headers, data, _ANSWER))

    def pages(self, path: str, key: str = "") -> Iterator[Any]:
        """The entries of a list, page by page."""
        for page in range(1, _PAGES + 1):
            mark = "&" if "?" in path else "?"
            found = self.json("GET", f"{path}{mark}per_page={_PAGE}&page={page}")
            entries = found[key] if key else found
            yield from entries
            if len(entries) < _PAGE:
                return

    def file(self, path: str) -> bytes:
        try:
            return self._read("GET", f"{self._url}{path}", self._headers, None, MOST_BYTES)
        except urllib.error.HTTPError as error:
            place = error.headers.get("Location", "")
            if error.code not in _ELSEWHERE or not place.startswith(("https://", f"{self._url.partition(':')[0]}://")):
                raise
        return self._read("GET", place, {"User-Agent": "cubec"}, None, MOST_BYTES)

    def _read(self, method: str, url: str, headers: dict[str, str], data: bytes | None, most: int) -> bytes:
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - the host's own address
        if data is not None:
            request.add_header("Content-Type", "application/json")
        with self._opener.open(request, timeout=_SECONDS) as answer:
            found: bytes = answer.read(most + 1)
        if len(found) > most:
            raise RefusedError("the host's answer, or the plan, is too large")
        return found


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        """Go nowhere by itself: the token would go along."""


def github(api: Api, repository: str, run: Any) -> str:
    """One run of the workflow; what was done."""
    if run["event"] != "pull_request":
        raise RefusedError("the run was not for a pull request")
    number = _pull(api, repository, run)
    if not number:
        return "no open pull request has this commit at its head: nothing to post"
    found = list(api.pages(f"/repos/{repository}/actions/runs/{int(run['id'])}/artifacts?name={ARTIFACT}", "artifacts"))
    newest = max((item for item in found if item["name"] == ARTIFACT), key=lambda item: item["id"], default=None)
    if newest is None:
        return "the run left no plan: nothing to post"
    if newest["size_in_bytes"] > MOST_BYTES:
        raise RefusedError("the plan is too large")
    text = judged(unpacked(api.file(f"/repos/{repository}/actions/artifacts/{int(newest['id'])}/zip")))
    issue = f"/repos/{repository}/issues"
    for comment in api.pages(f"{issue}/{number}/comments"):
        if (comment["user"] or {}).get("login") == _BOT and (comment["body"] or "").startswith(MARK):
            api.json("PATCH", f"{issue}/comments/{int(comment['id'])}", {"body": text})
            return f"updated the comment on {number}"
    api.json("POST", f"{issue}/{number}/comments", {"body": text})
    return f"commented on {number}"


def _pull(api: Api, repository: str, run: Any) -> int:
    """The one open pull request whose head is the run's commit, 0 where there is none: the host's word, not the plan's."""
    home = run["head_repository"]
    head = urllib.parse.quote(f"{home['owner']['login']}:{run['head_branch']}", safe="")
    found = [
        int(pull["number"])
        for pull in api.pages(f"/repos/{repository}/pulls?state=open&head={head}")
        if pull["head"]["sha"] == run["head_sha"]
        and (pull["head"]["repo"] or {}).get("id") == home["id"]
        and pull["base"]["repo"]["full_name"] == repository
    ]
    if len(found) > 1:
        raise RefusedError("several open pull requests have this commit at their head")
    return found[0] if found else 0


def gitlab(api: Api, project: int) -> tuple[list[str], bool]:
    """All open merge requests; what was done, and whether every plan could be posted."""
    own = int(api.json("GET", "/user")["id"])
    said, well = [], True
    for entry in api.pages(f"/projects/{project}/merge_requests?state=opened"):
        number = int(entry["iid"])
        try:
            said.append(f"{number}: {_merge_request(api, project, number, own)}")
        except RefusedError as error:
            said.append(f"{number}: refused: {error}")
            well = False
    return said, well


def _merge_request(api: Api, project: int, number: int, own: int) -> str:
    path = f"/projects/{project}/merge_requests/{number}"
    pipeline = api.json("GET", path).get("head_pipeline")
    if not pipeline or pipeline["project_id"] != project:
        return "no pipeline in this project"
    jobs = api.pages(f"/projects/{project}/pipelines/{int(pipeline['id'])}/jobs")
    newest = max((job for job in jobs if job["name"] == JOB), key=lambda job: job["id"], default=None)
    if newest is None or not newest.get("artifacts_file"):
        return "no plan yet"
    if newest["artifacts_file"]["size"] > MOST_BYTES:
        raise RefusedError("the plan is too large")
    text = judged(api.file(f"/projects/{project}/jobs/{int(newest['id'])}/artifacts/{FILE}"))
    for note in api.pages(f"{path}/notes?sort=asc&order_by=created_at"):
        if note["author"]["id"] == own and note["body"].startswith(MARK):
            if note["body"].strip() == text.strip():
                return "the note is current"
            api.json("PUT", f"{path}/notes/{int(note['id'])}", {"body": text})
            return "updated the note"
    api.json("POST", f"{path}/notes", {"body": text})
    return "wrote a note"


def main(arguments: list[str], token: str) -> int:
    parser = argparse.ArgumentParser(description="Put the plans of pull requests into one comment each.")
    hosts = parser.add_subparsers(dest="host", required=True)
    for host, options in (("github", ("--api", "--repository", "--event")), ("gitlab", ("--api", "--project"))):
        one = hosts.add_parser(host)
        for option in options:
            one.add_argument(option, required=True)
    given = parser.parse_args(arguments)
    well = True
    try:
        if given.host == "github":
            run = json.loads(Path(given.event).read_text(encoding="utf-8"))["workflow_run"]
            headers = {"Authorization": f"Bearer {token}", "X-GitHub-Api-Version": "2022-11-28"}
            said = [github(Api(given.api, headers), given.repository, run)]
        else:
            said, well = gitlab(Api(given.api, {"PRIVATE-TOKEN": token}), int(given.project))
    except RefusedError as error:
        said, well = [f"refused: {error}"], False
    except urllib.error.HTTPError as error:
        said, well = [f"the host answered with status {error.code}"], False
    except (OSError, KeyError, TypeError, ValueError) as error:
        said, well = [f"the host could not be asked, or answered something else: {type(error).__name__}"], False
    sys.stdout.write("".join(f"{line}\n" for line in said))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.readline().strip()))
