"""What ``cubec.io/source`` says, read back to the place that it means."""

from pathlib import Path

import pytest
from tests.test_golden import TODAY
from tests.unit.model.made import document

from cubec import pipeline
from cubec.model import names
from cubec.plan import source
from cubec.plan.source import Sources
from cubec.source.document import Document, Origin, mark

ROOT = Path(__file__).parents[3]
GROUP = document("Group", "dev1", {"members": [{"user": "bob"}, {"oidcGroup": "a/b#c"}], "templates": ["one", "two"]})


def at(path: str, kind: str, name: str, spec: dict) -> Document:
    return Document(path, document(kind, name, spec).value, mark(1, 1))


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("dev1.yaml", ()),
        ("dev1.yaml#members/bob", ("spec", "members", 0)),
        ("dev1.yaml#members/a/b#c", ("spec", "members", 1)),
        ("dev1.yaml#members/nobody", ("spec", "members")),
        ("dev1.yaml#templates/two", ("spec", "templates", 1)),
        ("dev1.yaml#network", ()),
        ("dev1.yaml#members/bob/user", ("spec", "members", 0, "user")),
        ("dev1.yaml#members/bob/user/more", ("spec", "members", 0, "user")),
    ],
)
def test_an_entry(text: str, pointer: tuple):
    """An entry is found by its name; what the document does not say is at the nearest parent."""
    assert Sources({"dev1.yaml": [GROUP]}).find(text) == Origin(GROUP, pointer)


def test_an_entry_that_is_there_leads_to_itself():
    """Whatever the model would ask for by name is found again."""
    origin = Origin(GROUP)

    assert Sources({"dev1.yaml": [GROUP]}).find(names.source(origin, "members", "a/b#c")) == origin.child(
        "spec", "members", 1
    )


def test_documents_that_share_a_file():
    """The document's name goes first then, and its kind decides between two of one name."""
    path = "tenants/all.yaml"
    user, team, other = at(path, "User", "dev", {}), at(path, "Group", "dev", {"gid": 1}), at(path, "User", "x", {})
    sources = Sources({"all.yaml": [user, team, other]})

    assert sources.find("all.yaml#x") == Origin(other)
    assert sources.find("all.yaml#dev", "Group") == Origin(team)
    assert sources.find("all.yaml#dev", "User") == Origin(user)
    assert sources.find("all.yaml#dev/gid", "User") == Origin(team, ("spec", "gid"))
    assert sources.find("all.yaml#nobody") is None
    assert sources.find("none.yaml#x") is None


def test_every_object_of_the_sample_leads_to_a_line():
    """No object of the sample or of the golden base has a source that leads nowhere, or into a wrong kind of file."""
    for root in (ROOT, ROOT / "tests/golden/base"):
        files = {
            path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.glob("tenants/**/*.yaml"))
        }
        model = pipeline.analyse(files.items(), [], TODAY).model
        assert model is not None
        sources = source.of(model)
        parts = [part for site in model.sites.values() for part in pipeline.site_parts(site)]
        parts += [part for placement in model.placements for part in pipeline.placement_parts(placement)]
        for path, _, manifests in parts:
            for manifest in manifests:
                found = sources.find(manifest.source)

                assert found is not None, (path, manifest.source)
                assert found.document.value["kind"] not in {"User", "Volume"} or "users" in manifest.source
