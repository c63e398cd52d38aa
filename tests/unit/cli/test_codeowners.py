"""``cubec codeowners``: the rules that GitHub and GitLab read, between two marks, in the file that they look at first."""

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.plans.recorded import laid_over
from tests.test_golden import BASE, TODAY
from tests.unit.cli.test_commands import edit, run
from tests.unit.cli.test_plan import GROUP, git

from cubec import cli, pipeline
from cubec.cli import status
from cubec.model.model import Model
from cubec.report import codeowners
from cubec.report.codeowners import OwnersError, updated

DEFAULT = "* @example/platform\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "my-platform"
    assert cli.main(["init", str(folder)]) == status.CLEAN
    return folder


@pytest.fixture
def platform(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "my-platform")


def owners(folder: Path, *arguments: str):
    return run("codeowners", *arguments, cwd=folder)


def model(**added: str) -> Model:
    files = {**laid_over(BASE), **{f"tenants/{name}.yaml": text.encode() for name, text in added.items()}}
    analysis = pipeline.analyse(sorted(files.items()), [], TODAY)
    assert not analysis.failed, analysis.diagnostics
    assert analysis.model is not None
    return analysis.model


def group(name: str, gid: int, *owners: str) -> str:
    handles = json.dumps(owners)
    return (
        f"apiVersion: cubec.io/v1\nkind: Group\nmetadata: {{name: {name}}}\nspec:\n  gid: {gid}\n"
        f"  owners: {handles}\n  members: [{{user: bob, role: viewer}}]\n"
        "  placements: [{cluster: ack, pools: [gpu-t4]}]\n"
    )


def listed(*documents: str) -> str:
    items = "".join("  - " + document.replace("\n", "\n    ").rstrip(" ") for document in documents)
    return f"apiVersion: cubec.io/v1\nkind: List\nitems:\n{items}"


def rules(text: str) -> dict[str, list[str]]:
    """Pattern to owners, of every line that is a rule."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith(("#", "[")):
            pattern, *people = re.split(r"(?<!\\) ", line)
            found[pattern] = people
    return found


def reviewers(text: str, path: str) -> list[str]:
    """Who GitHub would ask about a path: the last rule that fits."""
    found: list[str] = []
    for pattern, people in rules(text).items():
        plain = pattern.replace("\\ ", " ").lstrip("/")
        wanted = f"{plain}**" if plain.endswith("/") else plain
        expression = "".join(
            ".*" if part == "**" else "[^/]*" if part == "*" else re.escape(part)
            for part in re.split(r"(\*\*|\*)", wanted)
        )
        if pattern == "*" or re.fullmatch(expression, path):
            found = people
    return found


def test_a_new_platform_has_it(platform: Path):
    """A new platform comes with the file, and that is current."""
    result = owners(platform, "--check")

    assert (result.returncode, result.stdout) == (status.CLEAN, "CODEOWNERS is current\n")
    assert rules((platform / "CODEOWNERS").read_text())[f"/{GROUP}"] == ["@example/platform", "@example/first-leads"]


def test_other_owners(platform: Path):
    """A change of owners makes the file stale until it is written again; the rest of it stays to the letter."""
    file = platform / "CODEOWNERS"
    file.write_text(f"# ours\n{file.read_text()}\n/docs/ @writers # they know\n")
    edit(platform / GROUP, "@example/first-leads", "@example/others")
    stale = owners(platform, "--check")
    before = file.read_text()
    written = owners(platform)

    assert stale.returncode == status.STALE
    assert "run cubec codeowners, and commit it" in stale.stderr
    assert written.stdout == "CODEOWNERS is written\n"
    assert file.read_text() == before.replace("@example/first-leads", "@example/others")
    assert owners(platform, "--check").returncode == status.CLEAN
    assert sorted(path.name for path in platform.iterdir() if "cubec" in path.name) == [".cubec"]


def test_errors_in_the_sources(platform: Path):
    """Of a tree with errors nobody knows the owners."""
    edit(platform / GROUP, '"@example/first-leads"', "alice")
    result = owners(platform)

    assert result.returncode == status.INPUT
    assert "owner-handle" in result.stderr


@pytest.mark.parametrize(
    ("style", "present", "expected"),
    [
        ("github", [], "CODEOWNERS"),
        ("github", ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"], ".github/CODEOWNERS"),
        ("github", ["docs/CODEOWNERS", ".gitlab/CODEOWNERS"], "docs/CODEOWNERS"),
        ("gitlab", [".gitlab/CODEOWNERS", ".github/CODEOWNERS"], ".gitlab/CODEOWNERS"),
        ("gitlab", [".gitlab/CODEOWNERS", "CODEOWNERS"], "CODEOWNERS"),
    ],
)
def test_the_file_that_counts(platform: Path, style: str, present: list[str], expected: str):
    """Each host reads the first of several places; that one is written, and without any the one both read."""
    (platform / "CODEOWNERS").unlink()
    for name in present or ["CODEOWNERS"]:
        (platform / name).parent.mkdir(exist_ok=True)
        (platform / name).write_text(DEFAULT)
    owners(platform, "--style", style)

    changed = [
        name
        for name in sorted(codeowners.PLACES)
        if (platform / name).exists() and (platform / name).read_text() != DEFAULT
    ]
    assert changed == [expected]


def test_a_platform_below_the_repositorys_folder(made: Path, tmp_path: Path):
    """The file lies in the repository's own folder, and its rules lead from there; spaces are escaped."""
    folder = tmp_path / "top/my platform"
    shutil.copytree(made, folder)
    git(tmp_path / "top", "init", "-q")
    (tmp_path / "top/CODEOWNERS").write_text(DEFAULT)
    owners(folder)

    found = rules((tmp_path / "top/CODEOWNERS").read_text())
    assert found[rf"/my\ platform/{GROUP}"] == ["@example/platform", "@example/first-leads"]
    assert reviewers((tmp_path / "top/CODEOWNERS").read_text(), "my platform/output/lab/groups/first/quota.yaml") == [
        *("@example/platform", "@example/first-leads")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'no rule says who owns the platform: write one first, such as "* @example/platform"'),
        ("* # nobody\n", "no rule says who owns the platform"),
        (f"{DEFAULT}{codeowners._BEGINS}\n", "the marks of cubec's block are not one pair"),
        (f"{DEFAULT}{codeowners._ENDS}\n{codeowners._BEGINS}\n", "the marks of cubec's block are not one pair"),
        (f"{DEFAULT}^[Optional]\n{codeowners._BEGINS}\n{codeowners._ENDS}\n", "cubec's block stands in a section"),
    ],
)
def test_a_file_that_a_person_has_to_look_at(platform: Path, text: str, said: str):
    """Without owners of the platform, or with marks in the wrong places, nothing is written."""
    (platform / "CODEOWNERS").write_text(text)
    result = owners(platform)

    assert result.returncode == status.INPUT
    assert said in result.stderr
    assert (platform / "CODEOWNERS").read_text() == text


def test_a_file_that_cannot_be_read(platform: Path):
    """A link, and bytes that are no text, are left alone."""
    (platform / "CODEOWNERS").write_bytes(b"* @a \xff\n")
    assert owners(platform).returncode == status.ENVIRONMENT
    (platform / "CODEOWNERS").unlink()
    (platform / "CODEOWNERS").symlink_to("README.md")
    assert owners(platform).returncode == status.ENVIRONMENT


def test_nothing_is_written_through_a_link(platform: Path, tmp_path: Path):
    """Whatever a branch has committed as links: no file outside is written, and CODEOWNERS stays a file."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/CODEOWNERS").write_text(DEFAULT)
    (platform / ".CODEOWNERS.cubec").symlink_to(tmp_path / "elsewhere/CODEOWNERS")
    edit(platform / GROUP, "first-leads", "second-leads")

    assert owners(platform).returncode == status.CLEAN
    assert "second-leads" in (platform / "CODEOWNERS").read_text()
    assert not (platform / "CODEOWNERS").is_symlink()

    shutil.rmtree(platform / ".github")
    (platform / ".github").symlink_to(tmp_path / "elsewhere")
    refused = owners(platform)

    assert refused.returncode == status.ENVIRONMENT
    assert ".github is a link: put the folder itself there" in refused.stderr
    assert (tmp_path / "elsewhere/CODEOWNERS").read_text() == DEFAULT


def test_the_sections_of_gitlab():
    """The block goes above the first section: inside of one its rules would not replace the rule *, or would be optional."""
    text = updated(f"{DEFAULT}\n^[Docs] @writers\n/docs/\n", model(), "", "output")

    assert text.index(codeowners._ENDS) < text.index("^[Docs]")
    assert updated(text, model(), "", "output") == text


def test_a_last_line_without_an_end():
    """A file whose last line has no line end gets one before the block."""
    assert updated("* @a", model(), "", "output").startswith(f"* @a\n{codeowners._BEGINS}\n")


def test_the_last_owners_of_everything_count():
    """As on the host, of two rules for everything the later one is in force."""
    text = updated("* @a\n* @b # and nobody else\n", model(), "", "output")

    assert reviewers(text, "tenants/groups/dev1.yaml") == ["@b", "@example/dev1"]


def test_every_file_of_a_group_is_its_owners():
    """All that is compiled from one group's document, and nothing of another's, may be approved by its owners."""
    found = model()
    text = updated(DEFAULT, found, "", "output")
    for placement in found.placements:
        name = placement.group.name
        for path, _ in pipeline.emit_placement(placement):
            assert reviewers(text, f"output/{path}") == ["@example/platform", *placement.group.owners], path
        assert reviewers(text, f"tenants/groups/{name}.yaml") == ["@example/platform", *placement.group.owners]
    for site in found.sites.values():
        for path, _ in pipeline.emit_site(site):
            assert reviewers(text, f"output/{path}") == ["@example/platform"], path
    for path in ("tenants/platform.yaml", "tenants/groups/new.yaml", "CODEOWNERS", "output/README.md"):
        assert reviewers(text, path) == ["@example/platform"]


def test_a_file_of_several_groups():
    """Only who owns every document of a file may decide on it alone; beside a user's document nobody may."""
    shared = {
        "groups/two": listed(group("one", 10_101, "@a", "@b"), group("two", 10_102, "@b", "@c")),
        "groups/apart": listed(group("three", 10_103, "@a"), group("four", 10_104, "@c")),
        "groups/mixed": listed(
            group("five", 10_105, "@a"),
            "apiVersion: cubec.io/v1\nkind: User\nmetadata: {name: eve}\nspec: {uid: 20999}\n",
        ),
        "groups/none": group("six", 10_106),
    }
    text = updated(DEFAULT, model(**shared), "", "output")

    assert reviewers(text, "tenants/groups/two.yaml") == ["@example/platform", "@b"]
    assert reviewers(text, "output/ack/groups/two/rbac.yaml") == ["@example/platform", "@b"]
    for name in ("apart", "mixed", "none"):
        assert f"/tenants/groups/{name}.yaml" not in rules(text)
    for name in ("three", "four", "five", "six"):
        assert reviewers(text, f"output/ack/groups/{name}/rbac.yaml") == ["@example/platform"]


@pytest.mark.parametrize("name", ["a*", "a?", "a[b]", "a#", "!a", "a\\b", "a\tb", "a\u2028b"])
def test_a_path_that_no_pattern_says_exactly(name: str):
    """No rule is written for it, nor for what is compiled from it: a pattern would cover other files as well."""
    text = updated(DEFAULT, model(), f"{name}/", "output")

    assert list(rules(text)) == ["*"]


def test_the_order_is_that_of_names():
    """The same documents in another order give the same bytes, and no owner is named twice."""
    files = {
        **laid_over(BASE),
        "tenants/groups/more.yaml": group("more", 10_107, "@z", "@example/platform", "@a").encode(),
    }
    made = [pipeline.analyse(order, [], TODAY).model for order in (sorted(files.items()), sorted(files.items())[::-1])]
    first, second = (updated(DEFAULT, found, "", "output") for found in made if found)

    assert first == second
    assert "/tenants/groups/more.yaml @example/platform @a @z" in first.splitlines()


def test_the_comments_name_nobody():
    """GitLab takes a handle in a comment for an owner."""
    assert not [
        line for line in updated(DEFAULT, model(), "", "output").splitlines() if line.startswith("#") and "@" in line
    ]


def test_a_file_that_no_host_would_read(monkeypatch):
    """GitHub passes over a file of 3 MB without a word; that is said before it happens."""
    text = updated(DEFAULT, model(), "", "output")
    monkeypatch.setattr(codeowners, "LARGEST", len(text))

    with pytest.raises(OwnersError, match="GitHub reads no file that large"):
        updated(DEFAULT, model(), "", "output")


def test_what_cannot_be_written_is_an_error_of_its_own():
    """The message is for people, and no bug."""
    with pytest.raises(OwnersError):
        updated("", model(), "", "output")
