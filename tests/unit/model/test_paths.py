"""Paths are compared by folders, whatever way they are written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cubec.model.paths import allowed, canonical, inside, oddity, of_the_node, parts

NAMES = st.text("abc1.-_", min_size=1, max_size=4).filter(lambda name: name not in {".", ".."})
FOLDERS = st.lists(NAMES, max_size=4).map(tuple)


def joined(folder: tuple[str, ...]) -> str:
    return "/" + "/".join(folder)


@given(FOLDERS)
def test_a_straight_path_is_canonical(folder):
    """A path that goes straight down is accepted, and its components are what was joined."""
    assert oddity(joined(folder)) is None
    assert parts(joined(folder)) == folder
    assert canonical(joined(folder)) == joined(folder)


@given(FOLDERS, FOLDERS)
def test_inside_is_component_by_component(outer, rest):
    """What is below a folder is inside it, and a longer name beside it is not."""
    assert inside(outer + rest, outer)
    if outer:
        beside = (*outer[:-1], outer[-1] + "1")
        assert not inside(beside + rest, outer)


@given(FOLDERS, NAMES)
def test_a_detour_hides_nothing(folder, name):
    """However a path is disguised, it is compared as the place that it leads to, and is refused as odd."""
    for disguised in (
        f"{joined(folder)}/{name}/..",
        f"{joined(folder)}//",
        f"/./{'/'.join(folder)}",
        f"{joined(folder)}/{name}/%2e%2e",
        f"/%2E/{'/'.join(folder)}",
    ):
        assert parts(disguised) == folder
        assert oddity(disguised) is not None


@pytest.mark.parametrize("path", ["data", "", "/a b", "/a\tb", "/a\\b", "/a%41", "/a/", "//a", "/a/./b", "/../a"])
def test_odd_paths(path):
    """Each way of writing a path that two readers may take differently has a reason."""
    assert oddity(path)


@given(st.text(max_size=30))
def test_any_text_is_judged(path):
    """No text makes a comparison fail, and what is suggested instead is canonical or refused as well."""
    parts(path)
    oddity(path)
    of_the_node(path)
    assert canonical(path).startswith("/")


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("/", "/"),
        ("/etc", "/etc"),
        ("/etc/kubernetes/pki", "/etc"),
        ("/var", "/var/lib/cni"),
        ("/var/lib/kubelet/pods/x", "/var/lib/kubelet"),
        ("/data/../etc", "/etc"),
        ("/run/containerd/containerd.sock", "/run"),
        ("/var/run/docker.sock", "/var/run"),
        ("/data/k8s", None),
        ("/etcetera", None),
        ("/var/lib/data", None),
    ],
)
def test_folders_of_the_machine(path, system):
    """A folder of the machine is told from one whose name only begins alike, from below and from above."""
    assert of_the_node(path) == system


def test_allowed_below_a_root():
    """Only what is a root, or below one, is allowed."""
    assert allowed("/data/k8s/a", ["/data/k8s"])
    assert allowed("/data/k8s", ["/nas", "/data/k8s"])
    assert not allowed("/data/k8s-old", ["/data/k8s"])
    assert not allowed("/data", ["/data/k8s"])
    assert not allowed("/data/k8s/../etc", ["/data/k8s"])
    assert not allowed("/data/k8s", [])
