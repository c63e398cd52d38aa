"""The tenants folder: what is read, what is refused, and that nothing is skipped in silence."""

import os
import socket
from pathlib import Path

import pytest

from cubec.source import files
from cubec.source.documents import load_all
from cubec.source.files import read_tenants


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tenants" / "groups").mkdir(parents=True)
    (tmp_path / "tenants" / "platform.yaml").write_bytes(b"kind: Platform\n")
    return tmp_path


def brief(root: Path) -> list[tuple[str, str]]:
    return [(d.code, d.position.path) for d in read_tenants(root)[1]]


def test_files_come_in_order_of_their_paths(root: Path):
    """The order never depends on the file system."""
    for name in ("groups/b.yaml", "groups/a.yaml", "a/b/c/d.yaml", "z.yaml"):
        path = root / "tenants" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)

    assert read_tenants(root) == (
        [
            ("tenants/a/b/c/d.yaml", b"a/b/c/d.yaml"),
            ("tenants/groups/a.yaml", b"groups/a.yaml"),
            ("tenants/groups/b.yaml", b"groups/b.yaml"),
            ("tenants/platform.yaml", b"kind: Platform\n"),
            ("tenants/z.yaml", b"z.yaml"),
        ],
        [],
    )


def test_another_folder_can_be_named(root: Path):
    """The paths then begin with its name."""
    (root / "tenants").rename(root / "teams")

    assert read_tenants(root, "teams")[0] == [("teams/platform.yaml", b"kind: Platform\n")]


@pytest.mark.parametrize(
    "name", ["README.md", "readme.MD", "README", "notes.md", ".gitkeep", ".editorconfig", ".a.swp"]
)
def test_some_files_are_no_documents(root: Path, name: str):
    """Explanations and hidden files may stand beside documents."""
    (root / "tenants" / name).write_text("x")

    assert brief(root) == []
    assert len(read_tenants(root)[0]) == 1


@pytest.mark.parametrize(
    "name",
    [
        *(
            "a.yml",
            "a.YAML",
            "a.Yml",
            ".a.yaml",
            ".yaml",
            ".yml",
            "a.json",
            "a.yaml~",
            "a.yaml.bak",
            "a.txt",
            "Makefile",
        ),
        *("a\nb.yaml", "a\x1b[2J.yaml", "a\u202eb.yaml", "a\u200b.yaml", "a\\b.yaml", os.fsdecode(b"\xff.yaml")),
    ],
)
def test_names_that_would_not_be_read_are_errors(root: Path, name: str):
    """Who names a file so expects it to count."""
    (root / "tenants" / name).write_text("x")
    paths, found = read_tenants(root)

    assert len(paths) == 1
    assert [d.code for d in found] == ["file-name"]
    assert found[0].message.isprintable()
    assert found[0].position.path.isprintable()
    assert not found[0].excerpt


def test_the_hint_says_the_right_name(root: Path):
    """The commonest wrong ending has an exact way out."""
    (root / "tenants" / "vision.yml").write_text("x")

    assert read_tenants(root)[1][0].hint == 'rename it to "vision.yaml"'


def test_names_are_told_apart_on_every_computer(root: Path):
    """Two names that differ by case, or by how an accent is stored, are one on some computers."""
    for name in ("Vision.yaml", "vision.yaml", "e\u0301.yaml", "\u00e9.yaml", "GROUPS/x.yaml"):
        path = root / "tenants" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = read_tenants(root)[1]

    assert [(d.code, d.position.path, d.related[0].position.path) for d in sorted(found)] == [
        ("file-name", "tenants/groups", "tenants/GROUPS"),
        ("file-name", "tenants/vision.yaml", "tenants/Vision.yaml"),
        ("file-name", "tenants/é.yaml", "tenants/e\u0301.yaml"),
    ]


def test_odd_but_printable_names_are_read(root: Path):
    """A name is only ever a path, never part of a command."""
    names = ["--exec=x.yaml", "::error::.yaml", "`id`.yaml", "视觉.yaml", "a b.yaml"]
    for name in names:
        (root / "tenants" / "groups" / name).write_text("x")

    assert brief(root) == []
    assert {path for path, _ in read_tenants(root)[0]} >= {f"tenants/groups/{name}" for name in names}


def test_links_are_neither_followed_nor_skipped(root: Path):
    """Not even those that lead to a good file, or nowhere."""
    tenants = root / "tenants"
    (tenants / "a.yaml").symlink_to("/etc/passwd")
    (tenants / "b.yaml").symlink_to("platform.yaml")
    (tenants / "c.yaml").symlink_to("nowhere")
    (tenants / "d").symlink_to("groups")
    (tenants / "README.md").symlink_to("platform.yaml")

    assert brief(root) == [
        ("not-regular-file", f"tenants/{n}") for n in ("README.md", "a.yaml", "b.yaml", "c.yaml", "d")
    ]
    assert len(read_tenants(root)[0]) == 1


def test_a_link_in_place_of_the_folder_is_refused(root: Path):
    """Else the whole of the input could come from elsewhere."""
    (root / "tenants").rename(root / "real")
    (root / "tenants").symlink_to("real")

    assert brief(root) == [("not-regular-file", "tenants")]


def test_pipes_and_sockets_are_never_opened(root: Path):
    """Opening a pipe waits for a writer who never comes."""
    os.mkfifo(root / "tenants" / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "tenants" / "socket.yaml"))

    assert brief(root) == [("not-regular-file", "tenants/pipe.yaml"), ("not-regular-file", "tenants/socket.yaml")]


def test_a_pipe_that_takes_the_place_of_a_file_does_not_block(root: Path):
    """Between the look and the opening, an entry may change."""
    os.mkfifo(root / "tenants" / "pipe.yaml")

    result = files._read(root, "tenants/pipe.yaml")

    assert not isinstance(result, bytes)
    assert result.code == "not-regular-file"


def test_submodules_are_refused(root: Path):
    """Fetched ones hold a .git; those that were not fetched look like an empty folder."""
    (root / "tenants" / "fetched").mkdir()
    (root / "tenants" / "fetched" / ".git").write_text("gitdir: x\n")
    (root / "tenants" / "fetched" / "a.yaml").write_text("x")
    (root / "tenants" / "empty").mkdir()
    (root / ".gitmodules").write_text('[submodule "x"]\n\tpath = tenants/empty\n\turl = https://example.com\n')

    assert brief(root) == [("not-regular-file", "tenants/fetched"), ("not-regular-file", "tenants/empty")]


def test_a_list_of_submodules_that_cannot_be_read_is_an_error(root: Path):
    """Could not look is not the same as nothing there."""
    (root / ".gitmodules").symlink_to("nowhere")

    assert brief(root) == [("unreadable-file", ".gitmodules")]


def test_a_missing_folder_is_an_error(tmp_path: Path):
    """No input is not the same as empty input."""
    (found,) = read_tenants(tmp_path)[1]

    assert (found.code, found.message) == ("unreadable-file", "cannot be read: no such file or directory")


def test_a_file_that_cannot_be_opened_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch):
    """It is never taken for empty; the others are read all the same."""
    (root / "tenants" / "a.yaml").write_text("x")
    real = os.open

    def refuse(path: Path, flags: int) -> int:
        if str(path).endswith("platform.yaml"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags)

    monkeypatch.setattr(os, "open", refuse)
    paths, (found,) = read_tenants(root)

    assert (found.code, found.message) == ("unreadable-file", "cannot be read: permission denied")
    assert [path for path, _ in paths] == ["tenants/a.yaml"]


def test_a_folder_that_cannot_be_listed_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch):
    """Also when it fails half-way."""

    def refuse(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", refuse)

    assert brief(root) == [("unreadable-file", "tenants")]


def test_a_file_that_grows_while_it_is_read_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch):
    """Half a document must not pass for a whole one."""
    real = os.fstat

    def earlier(handle: int) -> os.stat_result:
        status = list(real(handle))
        status[6] -= 1
        return os.stat_result(status)

    monkeypatch.setattr(os, "fstat", earlier)

    assert brief(root) == [("unreadable-file", "tenants/platform.yaml")]


def test_large_files_are_not_read(root: Path):
    """A sparse file of 2 GiB costs nothing."""
    with (root / "tenants" / "a.yaml").open("wb") as file:
        file.truncate(2 << 30)
    (found,) = read_tenants(root)[1]

    assert (found.code, found.position.path) == ("input-too-large", "tenants/a.yaml")
    assert found.message == "the file has 2,147,483,648 bytes, more than 1,048,576"


def test_all_files_together_have_a_limit(root: Path, monkeypatch: pytest.MonkeyPatch):
    """Twenty thousand files of the largest size would fill the memory."""
    (root / "tenants" / "z.yaml").write_text("x" * 100)
    monkeypatch.setattr(files, "MAX_TOTAL_BYTES", 100)

    assert brief(root) == [("input-too-large", "tenants/z.yaml")]


@pytest.mark.parametrize("name", ["f{}.yaml", "f{}.md", "d{}/x"])
def test_the_number_of_files_and_folders_has_a_limit(root: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    """And a folder beyond it yields nothing, rather than a part."""
    monkeypatch.setattr(files, "MAX_FILES", 10)
    for number in range(25):
        path = root / "tenants" / "groups" / name.format(number)
        path.parent.mkdir(exist_ok=True)
        if path.name != "x":
            path.write_text("x")
    paths, found = read_tenants(root)

    assert paths == []
    assert found[-1].code == "too-many-files"


LIST = b"""\
apiVersion: cubec.io/v1
kind: List
items:
  - kind: User
    metadata: {name: zoe}
  - {kind: Group}
"""


def test_a_list_becomes_its_items():
    """Each item is a document at its own place in the file."""
    documents, found, complete = load_all([("tenants/l.yaml", LIST), ("tenants/u.yaml", b"kind: User\n")])

    assert not found
    assert complete
    assert [d.value for d in documents] == [
        {"kind": "User", "metadata": {"name": "zoe"}},
        {"kind": "Group"},
        {"kind": "User"},
    ]
    assert [str(d.at("kind")) for d in documents] == [
        "tenants/l.yaml:4:11",
        "tenants/l.yaml:6:12",
        "tenants/u.yaml:1:7",
    ]
    assert str(documents[0].at("metadata", "name")) == "tenants/l.yaml:5:22"


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: List\nitems: [{}]\n",
        "apiVersion: cubec.io/v1\nkind: Lists\nitems: [{}]\n",
        "apiVersion: cubec.io/v1\nkind: List\nitems: {}\n",
        "apiVersion: cubec.io/v1\nkind: List\nitems: []\n",
        "apiVersion: cubec.io/v1\nkind: List\nitems: [{}]\nmetadata: {}\n",
        "apiVersion: cubec.io/v1\nkind: List\nitem: [{}]\n",
        "- kind: List\n",
        "List\n",
    ],
)
def test_what_is_no_proper_list_stays_whole(text: str):
    """The schema then says what is wrong with it; splitting would lose it."""
    documents, _, complete = load_all([("a.yaml", text.encode())])

    assert complete
    assert len(documents) == 1
    assert documents[0].path == "a.yaml"


def test_a_list_in_a_list_is_not_opened():
    """The schema refuses it, too."""
    text = "apiVersion: cubec.io/v1\nkind: List\nitems:\n- {apiVersion: cubec.io/v1, kind: List, items: [{}]}\n"

    assert [d.value["kind"] for d in load_all([("a.yaml", text.encode())])[0]] == ["List"]


def test_a_file_that_is_lost_makes_the_whole_incomplete():
    """Whoever looks for a missing name has to know that a file is missing."""
    documents, found, complete = load_all([("a.yaml", b"a: [\n"), ("b.yaml", b"b: 1\nb: 2\n"), ("c.yaml", b"c: 1\n")])

    assert [d.path for d in documents] == ["b.yaml", "c.yaml"]
    assert [d.code for d in found] == ["yaml-syntax", "duplicate-key"]
    assert not complete
    assert load_all([("b.yaml", b"b: 1\nb: 2\n")])[2]
