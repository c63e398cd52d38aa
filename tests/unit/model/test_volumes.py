"""Where the data of a volume lies, and which volumes share it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.model.made import document

from cubec.checks import path_overlap
from cubec.model import build
from cubec.model.kinds import volume
from cubec.model.model import Model
from cubec.model.reader import Reader
from cubec.model.volumes import places, server_name


def found(source, **more):
    return volume.read(Reader(document("Volume", "data", {"capacity": "1Ti", "source": source, **more})))


def csi(driver, handle, **attributes):
    return {"csi": {"driver": driver, "volumeHandle": handle, "volumeAttributes": attributes}}


def nfs(server, path):
    return {"nfs": {"server": server, "path": path}}


SAME = [
    (nfs("nas", "/a/b"), nfs("NAS.", "/a//b/")),
    (nfs("10.0.0.5", "/a"), csi("nfs.csi.k8s.io", "x", server="10.0.0.5", share="/a")),
    (nfs("nas", "/a/b"), csi("nfs.csi.k8s.io", "x", server="nas", share="/a", subDir="b")),
    (nfs("nas", "/a"), csi("nasplugin.csi.alibabacloud.com", "x", server="nas", path="/a")),
    (csi("smb.csi.k8s.io", "x", source="//NAS/a"), csi("smb.csi.k8s.io", "y", source="//nas/A")),
    (csi("efs.csi.aws.com", "fs-1:/a"), csi("efs.csi.aws.com", "fs-1:/a:fsap-1")),
    (csi("ebs.csi.aws.com", "vol-1"), csi("ebs.csi.aws.com", "vol-1")),
    (
        csi("cephfs.csi.ceph.com", "x", clusterID="c", fsName="f", rootPath="/a"),
        csi("cephfs.csi.ceph.com", "y", clusterID="c", fsName="f", rootPath="/a"),
    ),
    (nfs("fd00::1", "/a"), nfs("FD00:0:0::1", "/a")),
]
OTHER = [
    (nfs("nas", "/a"), nfs("nas-1", "/a")),
    (nfs("nas", "/a"), nfs("nas", "/b")),
    (csi("ebs.csi.aws.com", "vol-1"), csi("ebs.csi.aws.com", "vol-2")),
    (csi("ebs.csi.aws.com", "vol-1"), csi("disk.csi.azure.com", "vol-1")),
    (csi("efs.csi.aws.com", "fs-1:/a"), csi("efs.csi.aws.com", "fs-1:/b")),
]


def spots(source, **more):
    return {(place.store, place.folder) for place in places(found(source, **more), ["ack", "lab"])}


@pytest.mark.parametrize(("one", "two"), SAME)
def test_one_place_in_two_spellings(one, two):
    """The same data is recognised through drivers, letter case and spellings of addresses."""
    assert spots(one) == spots(two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_two_places(one, two):
    """Data of other servers, folders and handles is other data."""
    assert spots(one).isdisjoint(spots(two))


def test_a_folder_of_the_nodes_is_one_for_each_cluster():
    """The same folder on the machines of two clusters is two folders."""
    source = {"hostPath": {"path": "/data"}}

    assert len(spots(source)) == 2
    assert spots(source, clusters=["ack"]).isdisjoint(spots(source, clusters=["lab"]))


def test_made_on_demand_is_nowhere():
    """A volume that a StorageClass makes has no place that another could share."""
    assert not spots({"storageClass": "fast"})


def test_every_place_can_be_pointed_at():
    """The pointer of a place leads to a value of the document."""
    for pair in (*SAME, *OTHER):
        for source in pair:
            for place in places(found(source), ["ack"]):
                value = document("Volume", "data", {"source": source}).value
                for step in place.pointer:
                    value = value[step]
                assert isinstance(value, str)


def test_names_of_servers():
    """Letter case and a closing dot do not make another server; an address has one spelling."""
    assert server_name("NAS-1.Example.COM.") == "nas-1.example.com"
    assert server_name("[2001:DB8:0::1]") == "2001:db8::1"


def model(volumes) -> Model:
    documents = [
        document("Platform", "research", {}),
        *(
            document(
                "Volume", f"v{n}", {"capacity": "1Ti", "source": nfs("nas", path), **({"shareOf": s} if s else {})}
            )
            for n, (path, s) in enumerate(volumes)
        ),
    ]
    made, _ = build.build(documents, as_of=date(2026, 11, 22), complete=True)
    assert made is not None
    return made


PATHS = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=3).map(lambda names: "/" + "/".join(names))


@given(st.lists(st.tuples(PATHS, st.sampled_from(["", "x", "y"])), max_size=8))
def test_overlaps_are_those_that_a_pairwise_search_finds(volumes):
    """The one pass over sorted folders reports a volume exactly if some pair that it belongs to overlaps unsaid."""
    reported = {item.position.path for item in path_overlap.check(model(volumes))}
    related = {note.position.path for item in path_overlap.check(model(volumes)) for note in item.related}
    involved = set()
    for n, (one, mine) in enumerate(volumes):
        for m, (two, other) in enumerate(volumes):
            nested = one in (two, "/") or two.startswith(one + "/")
            if n != m and nested and (not mine or mine != other):
                involved |= {f"tenants/v{n}.yaml", f"tenants/v{m}.yaml"}

    assert bool(reported) == bool(involved)
    assert reported | related <= involved
