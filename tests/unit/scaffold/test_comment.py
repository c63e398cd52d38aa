"""Posting plans, against a host that records what it is asked: one comment, on the right pull request, and nothing unjudged."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scaffold.scripts import Host, markdown, running, script, zipped

comment = script("comment")
PLAN = markdown()
TOKEN = "a-token-that-nobody-sees"
SHA = "a" * 40
REPOSITORY = "example/platform"
RUN = {
    "id": 7,
    "event": "pull_request",
    "head_sha": SHA,
    "head_branch": "a&b=c d/ü",
    "head_repository": {"id": 5, "owner": {"login": "someone"}},
    "pull_requests": [{"number": 999}],
}
PULL = {
    "number": 12,
    "head": {"sha": SHA, "repo": {"id": 5}},
    "base": {"repo": {"full_name": REPOSITORY}},
}
PULLS, RUNS = f"/repos/{REPOSITORY}/pulls", f"/repos/{REPOSITORY}/actions/runs/7/artifacts"
ZIP, COMMENTS = f"/repos/{REPOSITORY}/actions/artifacts/3/zip", f"/repos/{REPOSITORY}/issues/12/comments"


def artifacts(*items: dict[str, Any]) -> dict[str, Any]:
    return {"artifacts": list(items)}


ARTIFACT = {"id": 3, "name": "cubec-plan", "size_in_bytes": 900}


@pytest.fixture
def host():
    answers = {
        ("GET", PULLS): [PULL],
        ("GET", RUNS): artifacts(ARTIFACT),
        ("GET", ZIP): zipped(PLAN.encode()),
        ("GET", COMMENTS): [],
        ("POST", COMMENTS): {"id": 1},
    }
    with running(Host(answers)) as found:
        yield found


def github(host: Host, tmp_path: Path, capsys, run: Any = RUN) -> tuple[int, str]:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"workflow_run": run}))
    arguments = ["github", "--api", host.url, "--repository", REPOSITORY, "--event", str(event)]
    ended = comment.main(arguments, TOKEN)
    said = capsys.readouterr().out
    assert TOKEN not in said
    return ended, said.strip()


def test_the_first_plan(host: Host, tmp_path: Path, capsys):
    """A pull request without a comment gets one: the number is the host's, and the branch's name is quoted in what is asked."""
    assert github(host, tmp_path, capsys) == (0, "commented on 12")
    assert host.written() == [("POST", COMMENTS, {"body": PLAN})]
    (asked,) = [path for _, path, _, _ in host.asked if path.startswith(PULLS)]
    assert asked == f"{PULLS}?state=open&head=someone%3Aa%26b%3Dc%20d%2F%C3%BC&per_page=100&page=1"
    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for _, _, headers, _ in host.asked)


def test_a_further_plan(host: Host, tmp_path: Path, capsys):
    """The comment that is there is replaced: the bot's own, and not somebody's that looks like it, on whatever page it is."""
    mine = {"id": 44, "user": {"login": "github-actions[bot]"}, "body": f"{comment.MARK}\nold"}
    others: list[dict[str, Any]] = [{"id": n, "user": {"login": "eve"}, "body": comment.MARK} for n in range(97)]
    others += [{"id": 98, "user": None, "body": comment.MARK}, {**mine, "id": 99, "body": None}]
    pages = {1: [*others, {**mine, "id": 43, "body": "other"}], 2: [mine]}
    host.answers["GET", COMMENTS] = lambda path: pages[int(path.rpartition("=")[2])]
    host.answers["PATCH", f"/repos/{REPOSITORY}/issues/comments/44"] = {"id": 44}

    assert github(host, tmp_path, capsys) == (0, "updated the comment on 12")
    assert host.written() == [("PATCH", f"/repos/{REPOSITORY}/issues/comments/44", {"body": PLAN})]


@pytest.mark.parametrize(
    "pulls",
    [
        [],
        [{**PULL, "head": {"sha": "b" * 40, "repo": {"id": 5}}}],
        [{**PULL, "head": {"sha": SHA, "repo": {"id": 6}}}],
        [{**PULL, "head": {"sha": SHA, "repo": None}}],
        [{**PULL, "base": {"repo": {"full_name": "someone/platform"}}}],
    ],
)
def test_another_head(host: Host, tmp_path: Path, capsys, pulls: list[Any]):
    """A pull request that has moved on, is closed, comes from elsewhere or goes elsewhere gets no comment, whatever the event lists."""
    host.answers["GET", PULLS] = pulls

    assert github(host, tmp_path, capsys) == (0, "no open pull request has this commit at its head: nothing to post")
    assert host.written() == []


def test_two_pull_requests_of_one_commit(host: Host, tmp_path: Path, capsys):
    """The plan is against one base, and nobody but the run says which: so neither gets it."""
    host.answers["GET", PULLS] = [PULL, {**PULL, "number": 13}]

    assert github(host, tmp_path, capsys) == (1, "refused: several open pull requests have this commit at their head")
    assert host.written() == []


def test_another_event(host: Host, tmp_path: Path, capsys):
    """A run that was not for a pull request has nothing to say here."""
    ended, said = github(host, tmp_path, capsys, {**RUN, "event": "push"})

    assert (ended, said, host.asked) == (1, "refused: the run was not for a pull request", [])


@pytest.mark.parametrize("found", [artifacts(), artifacts({**ARTIFACT, "name": "other"})])
def test_no_plan(host: Host, tmp_path: Path, capsys, found: Any):
    """A run that ended before there was a plan leaves nothing to post, and that is no failure."""
    host.answers["GET", RUNS] = found

    assert github(host, tmp_path, capsys) == (0, "the run left no plan: nothing to post")


def test_the_newest_plan(host: Host, tmp_path: Path, capsys):
    """A run that was repeated has left several: the last one counts."""
    host.answers["GET", RUNS] = artifacts({**ARTIFACT, "id": 2}, ARTIFACT)

    assert github(host, tmp_path, capsys)[0] == 0


@pytest.mark.parametrize(
    "archive",
    [
        zipped(b"@everyone\n"),
        zipped((PLAN + "\n@everyone\n").encode()),
        zipped((PLAN + "\n```text\n<!-- cubec plan -->\n```\n").encode()),
        zipped(b"\xff" + PLAN.encode()),
        zipped(b"plan.md", mode=0o120777),
        zipped(PLAN.encode(), "plan.md", "number.txt"),
        zipped(b"x" * (1 << 20)),
        bytes(300 << 10),
        b"nothing",
    ],
)
def test_a_hostile_plan(host: Host, tmp_path: Path, capsys, archive: bytes):
    """Mentions, a second mark, binary data, a link, a second file, and anything huge are refused, and nothing is posted."""
    host.answers["GET", ZIP] = archive
    ended, said = github(host, tmp_path, capsys)

    assert ended == 1
    assert said.startswith("refused: ")
    assert "everyone" not in said
    assert host.written() == []


def test_a_plan_that_is_large_by_the_hosts_own_word(host: Host, tmp_path: Path, capsys):
    """What the host says is too large is not fetched."""
    host.answers["GET", RUNS] = artifacts({**ARTIFACT, "size_in_bytes": 1 << 30})

    assert github(host, tmp_path, capsys) == (1, "refused: the plan is too large")
    assert not [path for _, path, _, _ in host.asked if path.endswith("/zip")]


def test_a_file_that_lies_elsewhere(host: Host, tmp_path: Path, capsys):
    """The host may send us to its storage for the file: the token stays at home."""
    with running(Host({("GET", "/blob"): zipped(PLAN.encode())})) as storage:
        host.answers["GET", ZIP] = (302, {"Location": f"{storage.url}/blob"}, b"")
        assert github(host, tmp_path, capsys)[0] == 0
        ((_, _, headers, _),) = storage.asked

    assert "Authorization" not in headers
    assert TOKEN not in str(headers)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", ""])
def test_no_other_way_of_fetching(host: Host, tmp_path: Path, capsys, place: str):
    """A redirect to something that is no web address is not followed."""
    host.answers["GET", ZIP] = (302, {"Location": place}, b"")

    assert github(host, tmp_path, capsys) == (1, "the host answered with status 302")


def test_no_redirect_but_for_the_file(host: Host, tmp_path: Path, capsys):
    """Whatever else is redirected would take the token along: it is not followed."""
    host.answers["GET", PULLS] = (307, {"Location": f"{host.url}/elsewhere"}, b"")

    assert github(host, tmp_path, capsys) == (1, "the host answered with status 307")


@pytest.mark.parametrize("answer", [(200, {}, b"no json"), (200, {}, b"{}"), (200, {}, b"[1]"), (500, {}, b"")])
def test_a_host_that_fails(host: Host, tmp_path: Path, capsys, answer: Any):
    """An answer of another kind ends in one line, without a traceback."""
    host.answers["GET", PULLS] = answer

    ended, said = github(host, tmp_path, capsys)
    assert ended in {0, 1}
    assert said.count("\n") == 0


def test_a_host_that_is_not_there(host: Host, tmp_path: Path, capsys):
    """Neither is a connection that fails."""
    host.url = "http://127.0.0.1:9"

    assert github(host, tmp_path, capsys) == (1, "the host could not be asked, or answered something else: URLError")


NOTES = "/projects/4/merge_requests/12/notes"
JOBS = "/projects/4/pipelines/8/jobs"
FILE = "/projects/4/jobs/21/artifacts/plan.md"


@pytest.fixture
def lab():
    jobs = [
        {"id": 20, "name": "plan", "artifacts_file": {"size": 900}},
        {"id": 21, "name": "plan", "artifacts_file": {"size": 900}},
        {"id": 22, "name": "other", "artifacts_file": {"size": 900}},
    ]
    answers = {
        ("GET", "/user"): {"id": 77},
        ("GET", "/projects/4/merge_requests"): [{"iid": 12}],
        ("GET", "/projects/4/merge_requests/12"): {"head_pipeline": {"id": 8, "project_id": 4}},
        ("GET", JOBS): jobs,
        ("GET", FILE): PLAN.encode(),
        ("GET", NOTES): [{"id": 1, "author": {"id": 5}, "body": comment.MARK}],
        ("POST", NOTES): {"id": 2},
    }
    with running(Host(answers)) as found:
        yield found


def gitlab(host: Host, capsys) -> tuple[int, str]:
    ended = comment.main(["gitlab", "--api", host.url, "--project", "4"], TOKEN)
    said = capsys.readouterr().out
    assert TOKEN not in said
    return ended, said.strip()


def test_the_first_note(lab: Host, capsys):
    """A merge request without a note of ours gets one, from the newest job of its pipeline."""
    assert gitlab(lab, capsys) == (0, "12: wrote a note")
    assert lab.written() == [("POST", NOTES, {"body": PLAN})]
    assert all(headers["Private-Token"] == TOKEN for _, _, headers, _ in lab.asked)


def test_a_further_note(lab: Host, capsys):
    """Our own note is replaced, unless it says the same already."""
    lab.answers["GET", NOTES] = [{"id": 3, "author": {"id": 77}, "body": f"{comment.MARK}\nold"}]
    lab.answers["PUT", f"{NOTES}/3"] = {"id": 3}
    assert gitlab(lab, capsys) == (0, "12: updated the note")
    assert lab.written() == [("PUT", f"{NOTES}/3", {"body": PLAN})]

    lab.answers["GET", NOTES] = [{"id": 3, "author": {"id": 77}, "body": PLAN.strip()}]
    lab.asked.clear()
    assert gitlab(lab, capsys) == (0, "12: the note is current")
    assert lab.written() == []


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/projects/4/merge_requests/12", {"head_pipeline": None}, "no pipeline in this project"),
        (
            "/projects/4/merge_requests/12",
            {"head_pipeline": {"id": 8, "project_id": 5}},
            "no pipeline in this project",
        ),
        (JOBS, [], "no plan yet"),
        (JOBS, [{"id": 21, "name": "plan"}], "no plan yet"),
    ],
)
def test_merge_requests_without_a_plan(lab: Host, capsys, path: str, answer: Any, said: str):
    """Without a pipeline of this project, or before its job has ended, there is nothing to post."""
    lab.answers["GET", path] = answer

    assert gitlab(lab, capsys) == (0, f"12: {said}")
    assert lab.written() == []


@pytest.mark.parametrize("content", [b"/merge\n", PLAN.encode() + b"\n/approve\n", b"x" * (300 << 10)])
def test_a_hostile_note(lab: Host, capsys, content: bytes):
    """A plan with orders to the host is refused, and the others are posted all the same."""
    lab.answers["GET", FILE] = content
    lab.answers["GET", "/projects/4/merge_requests"] = [{"iid": 12}, {"iid": 13}]
    lab.answers["GET", "/projects/4/merge_requests/13"] = {"head_pipeline": None}
    ended, said = gitlab(lab, capsys)

    assert ended == 1
    assert said.startswith("12: refused: ")
    assert said.endswith("13: no pipeline in this project")
    assert lab.written() == []


def test_a_large_note_by_the_hosts_own_word(lab: Host, capsys):
    """What the host says is too large is not fetched."""
    lab.answers["GET", JOBS] = [{"id": 21, "name": "plan", "artifacts_file": {"size": 1 << 30}}]

    assert gitlab(lab, capsys) == (1, "12: refused: the plan is too large")


def test_the_command_line(capsys):
    """Wrong usage is said as usage."""
    with pytest.raises(SystemExit):
        comment.main(["github"], TOKEN)
    assert "usage:" in capsys.readouterr().err
