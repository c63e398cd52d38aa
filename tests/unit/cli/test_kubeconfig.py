"""``cubec kubeconfig`` where no cluster is needed: logins at an identity provider, and questions that are refused."""

import stat
from pathlib import Path

import pytest
import yaml
from tests.unit.cli.test_commands import Result, run

from cubec.cli import status

ROOT = Path(__file__).parents[3]


def kubeconfig(*words: str) -> Result:
    return run("kubeconfig", *words, "--root", str(ROOT), "--as-of", "2026-11-22")


def test_a_login_holds_no_secret(tmp_path: Path):
    """Tom's file for ``dev`` has a context for each namespace of his groups and a login plugin, and its owner alone reads it."""
    file = tmp_path / "tom"

    result = kubeconfig("tom", "--cluster", "dev", "-o", str(file))

    config = yaml.safe_load(file.read_text())
    assert result.returncode == status.CLEAN
    assert [context["name"] for context in config["contexts"]] == ["vision-notebook@dev", "vision-train@dev"]
    assert config["current-context"] == "vision-notebook@dev"
    assert list(config["users"][0]["user"]) == ["exec"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_administrator_of_no_group(tmp_path: Path):
    """Zoe, who administers the platform and is in no group, gets a context without a namespace."""
    file = tmp_path / "zoe"

    kubeconfig("zoe", "--cluster", "dev", "-o", str(file))

    assert yaml.safe_load(file.read_text())["contexts"] == [
        {"name": "dev", "context": {"cluster": "dev", "user": "dev"}}
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("bob", "say which cluster with --cluster: declared are ack, dev"),
        ("bob --cluster akc", 'unknown cluster "akc"; did you mean "ack"?'),
        ("bob --cluster production", 'unknown cluster "production"; declared are ack, dev'),
        ("bbo --cluster dev", 'unknown user "bbo"; did you mean "bob"?'),
        ("nobody --cluster dev", 'unknown user "nobody"'),
        ("bob --cluster dev", '"bob" is in no group that is placed on cluster "dev"'),
        ("bob --cluster dev --revoke", "issues no tokens: people log in at https://login.example.com"),
        ("bob --cluster ack --hours 1000", "1000 is not in the range 1<=x<=168"),
    ],
)
def test_what_is_refused(tmp_path: Path, words: str, said: str):
    """A question that makes no sense is answered by what would, with status 2 and no file."""
    result = kubeconfig(*words.split(), "-o", str(tmp_path / "file"))

    assert result.returncode == status.USAGE
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_another_server_is_refused(tmp_path: Path):
    """A kubeconfig that leads elsewhere is refused before anything is asked of it."""
    other = tmp_path / "config"
    other.write_text(
        yaml.safe_dump(
            {
                "current-context": "a",
                "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
                "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:1"}}],
                "users": [{"name": "a", "user": {"token": "t"}}],
            }
        )
    )

    result = kubeconfig("bob", "--cluster", "ack", "--kubeconfig", str(other), "-o", str(tmp_path / "file"))

    assert result.returncode == status.USAGE
    assert (
        'the kubeconfig leads to https://127.0.0.1:1, and cluster "ack" is https://ack.example.com:6443'
        in result.stderr
    )
