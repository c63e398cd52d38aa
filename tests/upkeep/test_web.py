"""Servers that are not the API server: whatever they answer, a run goes on, and soon."""

import gzip
import time
from datetime import timedelta
from pathlib import Path

import pytest

from cubec.upkeep import times, web, webhook
from cubec.upkeep.prometheus import Prometheus
from cubec.upkeep.web import StatusError, WebError
from tests.upkeep import answers
from tests.upkeep.answers import Answer

NOTICE = {"kind": "Notebook", "namespace": "dev1", "name": "bob", "what": "stop", "until": ""}
NOW = times.moment("2026-11-22T12:00:00Z")
assert NOW
SAMPLE = b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2.5"]}]}}'
BROKEN = [
    (answers.body(b"", 500), "status 500"),
    (answers.body(b"{}", 302, Location="/elsewhere"), "status 302"),
    (answers.body(b""), "not one of Prometheus' own"),
    (answers.body(b"<html>please log in</html>"), "not one of Prometheus' own"),
    (answers.body(b"\xff\xfe"), "not one of Prometheus' own"),
    (answers.body(b"[" * 100_000), "not one of Prometheus' own"),
    (answers.body(b"[]"), "not one of Prometheus' own"),
    (answers.body(b'{"data":{"result":[{}]}}'), "not one of Prometheus' own"),
    (answers.body(b'{"data":{"result":[{"value":[1,{}]}]}}'), "not one of Prometheus' own"),
    (answers.body(b'{"data":{"result":7}}'), "not one of Prometheus' own"),
    (answers.body(gzip.compress(b" " * 10**7), **{"Content-Encoding": "gzip"}), "not one of Prometheus' own"),
    (answers.huge, "not one of Prometheus' own"),
    (answers.hangs_up, "it does not answer"),
    (answers.says_nothing, "it does not answer"),
    (answers.drop_by_drop, "it takes too long"),
]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_SECONDS", 0.5)


def peak(address: str) -> object:
    return Prometheus(address).peak("dev1", "a", NOW - timedelta(hours=1), NOW)


@pytest.mark.parametrize(("answer", "said"), BROKEN)
def test_a_prometheus_that_is_none(answer: Answer, said: str, quick: None):
    """No traceback, no waiting, no more read than a little: one error, which quotes neither the answer nor the address."""
    begun = time.monotonic()
    with answers.server(answer) as server, pytest.raises(WebError, match=said) as caught:
        peak(server.address)

    assert "127.0.0.1" not in str(caught.value)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("value", ["NaN", "+Inf", "0", "-1"])
def test_no_number(value: str):
    """What is no amount is no sample."""
    with answers.server(answers.body(SAMPLE.replace(b"2.5", value.encode()))) as server:
        assert peak(server.address) is None


def test_nobody_there(quick: None):
    """An address where nothing listens, and one that is none."""
    for address in ("http://127.0.0.1:9", "http://[::1", "nothing", "ftp://127.0.0.1"):
        with pytest.raises(WebError, match=r"does not answer|is no address"):
            peak(address)


def test_no_redirect_is_followed():
    """Wherever a server sends us, nobody else is asked."""
    with answers.server(answers.body(SAMPLE)) as other, answers.server(answers.elsewhere(other.address)) as server:
        with pytest.raises(StatusError):
            peak(server.address)
        assert (len(server.requests), other.requests) == (1, [])


def test_all_questions_together_have_an_end():
    """The time of a server is for everything that it is asked."""
    now = iter(range(0, 1000, 3))
    with answers.server(answers.body(b"{}")) as server:
        asked = web.Server(server.address, seconds=10, most=10, clock=lambda: next(now))

        def ask() -> None:
            for _ in range(10):
                asked.ask("GET")

        with pytest.raises(WebError, match="too long"):
            ask()

    assert len(server.requests) < 4


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = answers.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def test_a_webhook_is_told(secured: Path):
    """Each notice is one small object in one request."""
    with answers.server(answers.body(b"ok"), secured) as server:
        assert (
            webhook.tell(f"{server.address}/hooks/a?b=c", "notebooks", [NOTICE, {**NOTICE, "what": "reminder"}]) is None
        )

    told = {"task": "notebooks", **NOTICE}
    assert server.requests == [("/hooks/a?b=c", told), ("/hooks/a?b=c", {**told, "what": "reminder"})]


@pytest.mark.parametrize(
    ("answer", "said", "asked"),
    [
        (answers.body(b"", 404), "3 of 3 messages were not delivered: it answered with status 404", 3),
        (answers.body(b"", 302, Location="https://127.0.0.1:9/"), "3 of 3 messages were not delivered: it answered", 3),
        (answers.hangs_up, "3 of 3 messages were not delivered: it does not answer", 1),
        (answers.says_nothing, "3 of 3 messages were not delivered: it does not answer", 1),
    ],
)
def test_a_webhook_that_does_not_listen(answer: Answer, said: str, asked: int, secured: Path, quick: None):
    """What could not be said is one warning; a server that does not answer is not asked again."""
    with answers.server(answer, secured) as server:
        found = webhook.tell(server.address, "notebooks", [NOTICE] * 3)

    assert found
    assert (found.warning, found.error, len(server.requests)) == (True, False, asked)
    assert found.text.startswith(said)


def test_little_is_read_of_a_webhook(secured: Path):
    """An answer without end is as good as any other."""
    with answers.server(answers.huge, secured) as server:
        assert webhook.tell(server.address, "notebooks", [NOTICE] * 2) is None


def test_a_run_says_only_so_much(secured: Path):
    """A hundred messages, and a warning that there were more."""
    with answers.server(answers.body(b""), secured) as server:
        found = webhook.tell(server.address, "notebooks", [NOTICE] * 120)

    assert found
    assert (len(server.requests), found.text) == (
        100,
        "20 of 120 messages were not delivered: one run sends 100 at most",
    )


def test_a_certificate_that_nobody_signed(tmp_path: Path):
    """A webhook that cannot show who it is is told nothing."""
    with answers.server(answers.body(b""), answers.certificate(tmp_path)) as server:
        found = webhook.tell(server.address, "notebooks", [NOTICE])

    assert found
    assert (found.text, server.requests) == ("1 of 1 messages were not delivered: it does not answer: SSLError", [])


def test_nothing_is_told_in_the_open():
    """Without https, and where there is nothing to say, no connection is made."""
    with answers.server(answers.body(b"")) as server:
        found = webhook.tell(server.address, "notebooks", [NOTICE])
        assert webhook.tell("", "notebooks", [NOTICE]) is None
        assert webhook.tell(server.address, "notebooks", []) is None

    assert found
    assert "https://" in found.text
    assert server.requests == []
