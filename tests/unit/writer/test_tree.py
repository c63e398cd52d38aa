"""Objects to files: the quick way to an object's text is the plain way, to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cubec.manifest import GateError, Manifest, Owner, complete
from cubec.writer import tree
from cubec.yaml_text import document

GROUPS = [Owner("research", "ack", engine, frozenset({"dev1"}), "dev1") for engine in ("argocd", "flux", "none")]
PLATFORM = Owner("research", "ack", "argocd", frozenset({"dev1"}))
words = st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=12)  # names and sources are one line
words_by_key = st.dictionaries(st.from_regex(r"[a-z]{1,6}/[a-z]{1,6}", fullmatch=True), words, max_size=3)
bodies = st.dictionaries(st.sampled_from(["spec", "data", "x"]), words | st.lists(words) | words_by_key, max_size=3)


manifests = st.builds(
    Manifest,
    st.just("LimitRange"),
    words,
    st.just("dev1"),
    words,
    bodies,
    words_by_key,
    words_by_key,
    st.booleans(),
    st.booleans(),
    st.lists(words, max_size=2).map(tuple),
)


@given(st.sampled_from([*GROUPS, PLATFORM]), manifests)
def test_both_ways_to_a_text_agree(owner, made):
    """Whatever an object holds, its text is that of the whole object as a value."""
    assert tree.text(owner, made, tree.labelled(owner)) == document(complete(owner, made))


def test_no_objects_make_no_file():
    """A file without objects is not written."""
    assert tree.file(PLATFORM, []) == b""


def test_the_gate_stands_before_the_text():
    """What may not leave the compiler has no text."""
    with pytest.raises(GateError):
        tree.file(GROUPS[0], [Manifest("ClusterRole", "all", "", "x", {"rules": []})])
