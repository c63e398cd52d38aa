"""The bench platform is what its numbers are said to be about."""

from pathlib import Path

from cubec.cli import main
from tests.bench import generate

GROUPS = 3
OBJECTS = 41


def test_each_group_becomes_41_objects(tmp_path: Path):
    """A group's folder and its delivery file hold 41 objects, as every table of the bench says."""
    generate.write(GROUPS, tmp_path)
    assert main(["build", "--root", str(tmp_path)]) == 0
    site = tmp_path / "output" / "big"
    for number in range(GROUPS):
        name = f"team-{number}"
        files = [*(site / "groups" / name).iterdir(), site / "delivery" / "groups" / f"{name}.yaml"]
        assert sum(file.read_text().count("\nkind: ") for file in files) == OBJECTS


def test_the_same_count_gives_the_same_bytes(tmp_path: Path):
    """Two runs of the generator differ in nothing, so that their times can be compared."""
    for name in ("one", "two"):
        generate.write(GROUPS, tmp_path / name)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.yaml")}
        for name in ("one", "two")
    )
    assert len(one) == GROUPS + 4
    assert one == two
