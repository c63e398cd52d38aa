"""Places in a document: of values, of keys, and of what is not there."""

from cubec.source.document import Document, Origin
from cubec.source.yaml import load

TEXT = b"""\
spec:
  name: x
  list:
    - a
    - {b: 1}
"""


def document() -> Document:
    result, _ = load("tenants/a.yaml", TEXT)

    assert result is not None
    return result


def test_values_and_keys_have_places():
    """A wrong value is shown at the value, a wrong key at the key."""
    assert str(document().at()) == "tenants/a.yaml:1:1"
    assert str(document().at("spec", "name")) == "tenants/a.yaml:2:9"
    assert str(document().key("spec", "name")) == "tenants/a.yaml:2:3"
    assert str(document().at("spec", "list", 1, "b")) == "tenants/a.yaml:5:11"
    assert str(document().key("spec", "list", 1, "b")) == "tenants/a.yaml:5:8"
    assert str(document().at("spec", "list", 0)) == "tenants/a.yaml:4:7"


def test_what_is_absent_is_shown_at_its_nearest_parent():
    """A missing key has no place of its own."""
    assert str(document().at("spec", "absent")) == "tenants/a.yaml:2:3"
    assert str(document().key("spec", "absent", "more")) == "tenants/a.yaml:2:3"
    assert str(document().at("spec", "name", "more")) == "tenants/a.yaml:2:9"
    assert str(document().at("spec", "list", 7)) == "tenants/a.yaml:4:5"
    assert str(document().at("spec", "list", "name")) == "tenants/a.yaml:4:5"


def test_an_origin_is_a_place_to_start_from():
    """The model keeps a path, and asks for a line only when something is wrong."""
    origin = Origin(document()).child("spec")

    assert str(origin.at("name")) == "tenants/a.yaml:2:9"
    assert str(origin.key("name")) == "tenants/a.yaml:2:3"
    assert str(origin.child("list", 1).at("b")) == "tenants/a.yaml:5:11"
