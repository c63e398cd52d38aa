"""What the report is made of, part by part, over small platforms."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from tests.browser import platforms
from tests.test_golden import BASE, sources

from cubec import pipeline
from cubec.model.model import Model
from cubec.report.page import bars, endings, groups, mounts, people, report
from cubec.report.page.limits import Limit

GROUP, POOL = "tenants/groups/dev1.yaml", "tenants/pools/gpu-t4.yaml"


def model(*edits: tuple[str, str, str], day: date = platforms.DAY, **added: str) -> Model:
    """The golden platform with some words replaced and some files added."""
    files = {**sources(BASE), **{f"tenants/added/{name}.yaml": text.encode() for name, text in added.items()}}
    for path, old, new in edits:
        text = files[path].decode()
        assert old in text, (path, old)
        files[path] = text.replace(old, new).encode()
    analysis = pipeline.analyse(files.items(), [], day)
    assert analysis.model is not None
    assert not analysis.failed, analysis.diagnostics
    return analysis.model


@pytest.fixture(scope="module")
def busy() -> report.Report:
    return report.of(platforms.busy())


def test_figures_without_prices_and_dates():
    """Where nothing costs or ends, the page does not speak of it, and states no day."""
    small = report.of(model())
    page = report.html(model())

    assert [(figure.number, figure.what, figure.more) for figure in small.figures] == [
        ("2", "groups", ""),
        ("2", "people", ""),
        ("3 of 3", "cards promised", "0 free"),
        ("1", "volume", ""),
    ]
    assert "as of" not in page


def test_a_platform_of_nothing():
    """Without a group, a cluster, a person or a volume there is a page all the same, and it says what there is not."""
    text = b"apiVersion: cubec.io/v1\nkind: Platform\nmetadata: {name: new}\nspec: {}\n"
    empty = pipeline.analyse([("tenants/platform.yaml", text)], [], platforms.DAY).model
    assert empty is not None
    page = report.html(empty)

    assert [figure.number for figure in report.of(empty).figures] == ["0", "0", "0 of 0", "0"]
    assert page.count('<p class="none">') == 5
    assert page.count("data-item>") == 0


def test_figures(busy: report.Report):
    """Who has left is not counted among the people; over-committed cards are marked."""
    assert [(figure.number, figure.more, figure.bad) for figure in busy.figures] == [
        ("4", "2 not active", False),
        ("5", "1 more have left", False),
        ("11 of 12", "1 over-committed", True),
        ("2", "", False),
        ("1,512", "for promised cards", False),
        ("4", "within 90 days", False),
    ]


def test_bars(busy: report.Report):
    """Parts follow each other and fill the bar; over-commit ends behind the mark of what is there."""
    crowded = next(bar for cluster in busy.clusters for bar in cluster.bars if bar.name == "crowded")
    roomy = next(bar for cluster in busy.clusters for bar in cluster.bars if bar.name == "t4")
    plain = next(bar for cluster in busy.clusters for bar in cluster.bars if bar.name == "plain")

    assert [(part.label, part.cards, part.start, part.width) for part in crowded.segments] == [
        ("audio", "3", "0", "60"),
        ("video", "2", "60", "40"),
    ]
    assert (crowded.over, crowded.there, crowded.free) == ("1", "80", "0")
    assert [(part.label, part.width) for part in roomy.segments][-1] == (bars.FREE, "25")
    assert (roomy.borrowable, roomy.lent) == ("5", "62.5")
    assert plain.segments == ()
    assert plain.open_to == ("audio",)
    assert plain.node == "8 cpu, 32Gi memory, 50Gi disk"


def test_colours(busy: report.Report):
    """Few groups have the same colour on every bar; of many, neighbours differ."""
    few: dict[str, set[str]] = {}
    for cluster in busy.clusters:
        for bar in cluster.bars:
            for part in bar.segments:
                few.setdefault(part.label, set()).add(part.tone)
    large = report.of(platforms.thousand(30)).clusters[0].bars[0].segments

    assert all(len(tones) == 1 for tones in few.values())
    assert len({tone for tones in few.values() for tone in tones}) == len(few)
    assert all(one.tone != other.tone for one, other in itertools.pairwise(large))


def test_shared_cards_and_a_pool_without_any():
    """Slices are told beside the pool; a pool whose cards are none has no bar."""
    found = report.of(
        model(
            sliced="apiVersion: cubec.io/v1\nkind: NodePool\nmetadata: {name: sliced}\nspec:\n  cluster: ack\n"
            "  nodes: {names: [s-1]}\n  capacity: {cpu: 4, memory: 8Gi}\n"
            "  accelerator: {model: V, count: 2, slices: {resource: example.com/v, perCard: 4}}\n",
            gone="apiVersion: cubec.io/v1\nkind: NodePool\nmetadata: {name: gone}\nspec:\n  cluster: ack\n"
            "  nodes: {selector: {a: b}, count: 0}\n  capacity: {cpu: 4, memory: 8Gi}\n"
            "  accelerator: {model: W, count: 2}\n",
        )
    )
    shown = {bar.name: bar for bar in found.clusters[0].bars}

    assert shown["sliced"].shared == "4 slices of example.com/v a card"
    assert [part.label for part in shown["sliced"].segments] == [bars.FREE]
    assert shown["gone"].segments == ()


def test_reasons_are_told_once_for_all_namespaces(busy: report.Report):
    """A membership is one reason a cluster, with binding, line and last day; a person's own date counts, too."""
    ben = next(person for person in busy.access.people if person.name == "ben")
    first, second = ben.cells["audio"].reasons

    assert (first.cluster, first.where, first.binding) == ("east", "audio", "RoleBinding developer--ben")
    assert second.cluster == "west"
    assert first.until == ben.cells["audio"].until == date(2026, 12, 31)
    assert ben.cells["video"].until == date(2026, 11, 30)
    assert first.flags == "exec"


def test_who_has_left_and_who_has_nothing(busy: report.Report):
    """Both have a row without cells, and the row of who has left says since when."""
    rows = {person.name: person for person in busy.access.people}

    assert (rows["cem"].ended, rows["cem"].cells) == (date(2026, 11, 1), {})
    assert (rows["dan"].ended, rows["dan"].cells) == (None, {})
    assert rows["with an account"].user is None
    assert people.PLATFORM in rows["ann"].cells


def test_a_role_that_ends():
    """The day of a membership is that of its cell."""
    ends = (GROUP, "      role: developer", "      role: developer\n      expires: 2026-12-01")
    bob = next(person for person in report.of(model(ends)).access.people if person.name == "bob")

    assert {group: cell.until for group, cell in bob.cells.items()} == {"dev1": date(2026, 12, 1)}


def test_mounts(busy: report.Report):
    """Each mount with its claim and whether it may write; who was granted a volume and does not list it."""
    corpus, spare = busy.volumes

    assert [(mount.group, mount.path, mount.claim, mount.read_only) for mount in corpus.mounts] == [
        ("audio", "/data", "corpus", False),
        ("video", "/sounds", "sounds", True),
    ]
    assert corpus.unused == ("text",)
    assert corpus.migration == date(2027, 1, 15)
    assert (spare.mounts, spare.unused, spare.clusters) == ((), (), "east, west")


def test_a_migration_that_is_over_is_not_told_beside_the_volume():
    """From the day after its last one a migration is among what is over."""
    later = model(
        ("tenants/volumes/department1.yaml", "spec:", "spec:\n  migration: {until: 2026-11-21, reason: new filer}")
    )

    assert [row.migration for row in mounts.rows(later)] == [None]
    assert [item.then for item in endings.calendar(later).over] == ["has ended its migration"]


@pytest.mark.parametrize(
    ("day", "soon", "over", "later"),
    [
        (date(2026, 11, 22), [], [], 1),
        (date(2026, 11, 24), ["in 90 days"], [], 0),
        (date(2027, 2, 21), ["tomorrow"], [], 0),
        (date(2027, 2, 22), ["today"], [], 0),
        (date(2027, 2, 23), [], ["1 day ago"], 0),
        (date(2027, 2, 24), [], ["2 days ago"], 0),
    ],
)
def test_the_calendar(day: date, soon: list[str], over: list[str], later: int):
    """A last day belongs to the next 90 days from the ninetieth before it, and is over on the day after."""
    ends = (GROUP, "      role: developer", "      role: developer\n      expires: 2027-02-22")
    found = endings.calendar(model(ends, day=day))

    assert [item.when for _, items in found.months for item in items] == soon
    assert [item.when for item in found.over] == over
    assert (found.later, found.next) == (later, date(2027, 2, 22) if later else None)
    assert found.day == day


def test_a_line_leads_to_the_date(busy: report.Report):
    """What ends names the very line that says so."""
    _, december, _ = busy.calendar.months

    assert [(item.what, item.then) for item in december[1]] == [("text", "may be removed"), ("ben", "loses all access")]
    assert all(item.line.startswith("lab.yaml:") for item in december[1])


def test_members(busy: report.Report):
    """A member who has left is still named, with the day; the last day is the nearer one of person and membership."""
    audio = next(section for section in busy.groups if section.group.name == "audio")

    assert [(member.name, member.role, member.until, member.ended) for member in audio.members] == [
        ("ann", "owner", None, False),
        ("ben", "developer", date(2026, 12, 31), False),
        ("cem", "viewer", date(2026, 11, 1), True),
    ]
    assert audio.cards == "3 A100 cards, 3 T4 cards"
    assert audio.month == Decimal(756)


def test_limits(busy: report.Report):
    """Cards by pool, what may be borrowed, what is unlimited, and the largest pod."""
    audio = next(section for section in busy.groups if section.group.name == "audio")
    east, west = audio.places

    assert east.spaces[0].limits == (
        Limit("3", "T4 of t4"),
        Limit("+2", "T4 of t4 to borrow"),
        Limit("8", "cpu"),
        Limit("32Gi", "memory"),
    )
    assert west.spaces[0].limits[1:] == (
        Limit("unlimited", "cpu"),
        Limit("unlimited", "memory"),
        Limit("1Ti", "storage"),
        Limit("4", "claims"),
        Limit("2 cards, 4 cpu, 8Gi memory", "in one pod"),
    )
    assert audio.envelope == (Limit("4", "cards"),)


def test_more_limits():
    """Counts that are 0 by default are told only where they are not; kinds of jobs by their names; a model where it is stated."""
    quota = (
        GROUP,
        "gpu: 1",
        """gpu: 1(T4)
        nodePorts: 2
        loadBalancers: 0
        ephemeralStorage: 5Gi
        jobs: {tfjobs.kubeflow.org: 3}
        perPod: {gpu: 1(T4)}""",
    )
    found = report.of(model(quota)).groups[0].places[0].spaces[0].limits

    assert Limit("2", "node ports") in found
    assert Limit("5Gi", "disk on the node") in found
    assert Limit("3", "tfjobs.kubeflow.org") in found
    assert Limit("1 T4 card", "in one pod") in found
    assert not [limit for limit in found if limit.of == "load balancers"]
    assert Limit("no", "cards") in report.of(platforms.busy()).groups[2].places[0].spaces[0].limits


def test_how_to_submit(busy: report.Report):
    """Commands name the person's kubeconfig and the group's namespace; Arena's only where that client can log in."""
    audio = next(section for section in busy.groups if section.group.name == "audio")
    east, west = (place.submit for place in audio.places)
    video = next(section for section in busy.groups if section.group.name == "video").places[0].submit

    assert east.commands[0] == "export KUBECONFIG=USER@east.kubeconfig"
    assert east.commands[-1].startswith("arena submit pytorch --namespace=audio")
    assert not any("arena" in command for command in west.commands)
    assert east.notes == (
        "An administrator makes the kubeconfig: cubec kubeconfig USER --cluster east.",
        "One T4 card is nvidia.com/gpu: 1 under the container's resources.limits.",
        "Jobs wait in the queue default until the group has room for them.",
    )
    assert west.notes[2:] == (
        "A pod has to name its pool: write cubec.node-restriction.kubernetes.io/pool: crowded or plain under its nodeSelector.",
        "It has to tolerate what keeps other pods off: cubec.io/pool=plain:NoSchedule.",
    )
    assert (video.commands, video.notes) == ((), ("The group is suspended: no new pods start here.",))


def test_how_to_submit_where_pools_are_chosen():
    """With several pools the default one is named, slices have their share, and who logs in by a provider takes the group's kubeconfig."""
    sample = {
        path.relative_to(platforms.ROOT).as_posix(): path.read_bytes()
        for path in sorted((platforms.ROOT / "tenants").rglob("*.yaml"))
    }
    analysis = pipeline.analyse(sample.items(), [], platforms.DAY)
    assert analysis.model is not None
    public = next(section for section in groups.sections(analysis.model, {}) if section.group.name == "public")
    (place,) = public.places

    assert place.default == "dev-cpu"
    assert place.submit.commands[0] == "export KUBECONFIG=output/dev/clients/kubeconfig/public.yaml"
    assert "-n pipeline" in place.submit.commands[1]
    assert place.submit.notes == (
        "One T4 card is nvidia.com/gpu: 1 under the container's resources.limits.",
        "0.1 of a VGPU card is nvidia.com/vgpu: 1 under the container's resources.limits.",
        "A pod that names no pool runs on dev-cpu; to choose, write cubec.node-restriction.kubernetes.io/pool: dev-cpu, dev-t4 or dev-vgpu under its nodeSelector.",
        "Templates to start from: kubectl -n pipeline get podtemplates.",
    )


def test_taints_and_none():
    """Where a pod completes itself it is told every taint of its pools once; without any it is told none."""
    told = {}
    for name, more in (("tainted", "\n  taints: [{key: a, effect: NoSchedule}]"), ("open", "")):
        made = model(
            ("tenants/clusters/ack.yaml", '"1.36"', '"1.34"'),
            (POOL, "spec:", f"spec:{more}"),
        )
        told[name] = [note for note in report.of(made).groups[0].places[0].submit.notes if "tolerate" in note]

    assert told == {"tainted": ["It has to tolerate what keeps other pods off: a:NoSchedule."], "open": []}


def test_a_group_without_a_pool():
    """A group that finds no pool open to it is told so."""
    closed = "apiVersion: cubec.io/v1\nkind: Group\nmetadata: {name: shut}\nspec:\n  gid: 10077\n  members: [{user: bob, role: owner}]\n  placements: [{cluster: ack, quota: {cpu: 1}}]\n"
    found = report.of(model((POOL, "spec:", "spec:\n  groups: [dev1, dev2]"), shut=closed))
    shut = next(section for section in found.groups if section.group.name == "shut")

    assert shut.places[0].pools == ()
    assert "The group has no pool here, so no pod of it finds a node." in shut.places[0].submit.notes
    assert shut.cards == "no cards"
