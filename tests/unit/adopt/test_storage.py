"""Claims to volumes: one for each folder, names that lead back, and what cannot be said."""

from tests.unit.adopt.taking import claim, item, nfs, space, take, volume

PROVISIONED = {"pv.kubernetes.io/provisioned-by": "nas.csi.example.com"}


def test_one_folder_is_one_volume():
    """Claims on one folder are grants of one volume, called by what their names share; the first describes it."""
    taken = take(
        *(space("dev1"), space("dev2")),
        claim("data-public-dev1", "dev1", "a", description="ours", owner="one"),
        claim("data-public-dev2", "dev2", "b", description="theirs"),
        volume("a", **nfs("/data"), mountOptions=["hard"]),
        volume("b", **nfs("/data"), mountOptions=["hard"]),
    )

    found = taken.spec("Volume", "data-public")
    assert found["grants"] == [
        {"group": "dev1", "claim": "data-public-dev1"},
        {"group": "dev2", "claim": "data-public-dev2"},
    ]
    assert found["description"] == "ours"
    assert found["mountOptions"] == ["hard"]
    assert taken.fields("PersistentVolumeClaim", "data-public-dev2") == {
        "metadata.annotations.description",
        "metadata.annotations.owner",
    }
    assert taken.spec("Group", "dev2")["volumes"] == [{"volume": "data-public", "claim": "data-public-dev2"}]


def test_folders_inside_each_other_are_shared_on_purpose():
    """Where one folder lies inside another, both documents say shareOf, since it is so already; the list says it, too."""
    taken = take(
        *(space("dev1"), space("dev2"), space("dev3")),
        *(claim("all", "dev1", "a"), claim("part", "dev2", "b"), claim("more", "dev3", "c")),
        *(volume("a", **nfs("/data")), volume("b", **nfs("/data/part")), volume("c", **nfs("/data/part/more"))),
    )

    assert len({taken.spec("Volume", name)["shareOf"] for name in ("all", "part", "more")}) == 1
    assert "lies inside" in taken.why("Volume", "part")


def test_reading_only():
    """A volume that is read-only in itself, in its modes or in its mount options is a grant for reading."""
    taken = take(
        *(space("dev1"), claim("a", "dev1", "a"), claim("b", "dev1", "b"), claim("c", "dev1", "c")),
        volume("a", **nfs("/a", readOnly=True)),
        volume("b", **nfs("/b"), accessModes=["ReadOnlyMany"]),
        volume("c", **nfs("/c"), mountOptions=["hard", "ro"]),
    )

    for name in ("a", "b", "c"):
        assert taken.spec("Volume", name)["grants"] == [{"group": "dev1", "access": "read-only"}]
    assert taken.spec("Volume", "c")["mountOptions"] == ["hard"]


def test_csi():
    """A handle that the compiler made unique is the volume's again; a login elsewhere, and other secrets, are told."""
    csi = {
        "driver": "nas.example.com",
        "volumeHandle": "vol-1#dev1#a",
        "volumeAttributes": {"share": "/x", "server": "nas"},
        "nodePublishSecretRef": {"name": "login", "namespace": "infra"},
        "nodeStageSecretRef": {"name": "stage", "namespace": "infra"},
    }
    taken = take(
        *(space("dev1"), claim("a", "dev1", "a")),
        volume("a", csi=csi, claimRef={"namespace": "dev1", "name": "a"}),
    )

    assert taken.spec("Volume", "a")["source"]["csi"] == {
        "driver": "nas.example.com",
        "volumeHandle": "vol-1",
        "volumeAttributes": {"server": "nas", "share": "/x"},
        "secret": {"name": "login"},
    }
    assert taken.fields("PersistentVolume", "a") >= {"spec.csi.nodePublishSecretRef", "spec.csi.nodeStageSecretRef"}
    assert "copy it there" in taken.why("PersistentVolume", "a")


def test_paths_on_nodes_are_allowed_by_the_platform():
    """A path on nodes comes with the platform's word for it; one that nobody may have is left with the check's words."""
    taken = take(
        *(space("dev1"), claim("a", "dev1", "a"), claim("b", "dev1", "b")),
        *(volume("a", hostPath={"path": "/srv/data"}), volume("b", hostPath={"path": "/etc"})),
    )

    assert taken.draft.spec["hostPathAllow"] == ["/srv/data"]
    assert taken.names("Volume") == {"a"}
    assert "host-path" in taken.why("Volume", "b")
    assert taken.spec("Group", "dev1")["volumes"] == [{"volume": "a"}]


def test_volumes_made_by_a_class():
    """What a class made, or will make, is a volume of the class for each claim; names that two groups use stay apart."""
    made = volume("pvc-1", csi={"driver": "d", "volumeHandle": "h"})
    made["metadata"]["annotations"] = PROVISIONED
    modes = claim("scratch", "dev2", size="2048Mi")
    modes["spec"]["accessModes"] = ["ReadWriteOnce"]
    taken = take(*(space("dev1"), space("dev2"), claim("scratch", "dev1", "pvc-1"), made, modes))

    assert taken.spec("Volume", "scratch")["source"] == {"storageClass": "nas"}
    other = taken.spec("Volume", "dev2-scratch")
    assert other["accessModes"] == ["ReadWriteOnce"]
    assert other["capacity"] == "2Gi"
    assert other["grants"] == [{"group": "dev2", "claim": "scratch"}]


def test_what_no_document_can_say():
    """A claim without a volume, and a volume of another kind, are left; a volume that would be deleted says so."""
    lost = claim("lost", "dev1", "gone")
    lost["spec"]["storageClassName"] = ""
    odd = claim("odd", "dev1", "odd")
    taken = take(
        *(space("dev1"), lost, odd, claim("a", "dev1", "a")),
        volume("odd", iscsi={"iqn": "x"}),
        volume("a", **nfs("/a"), persistentVolumeReclaimPolicy="Delete"),
    )

    assert taken.why("PersistentVolumeClaim", "lost") == "there is no volume behind it"
    assert "neither nfs nor csi" in taken.why("PersistentVolume", "odd")
    assert "set its reclaim policy to Retain" in taken.why("PersistentVolume", "a")
    assert taken.names("Volume") == {"a"}


def test_the_compilers_own_names_come_back():
    """A claim that the compiler made says the volume's name, and its volume needs no successor."""
    own = claim("archive-dev1", "dev1", "v")
    own["metadata"] |= item("x", "archive-dev1", "dev1", made="groups/dev1.yaml#volumes/archive")["metadata"]
    held = volume("v", **nfs("/archive"))
    held["metadata"] |= item("x", "v", made="groups/dev1.yaml#volumes/archive")["metadata"]
    taken = take(space("dev1"), own, held)

    assert taken.spec("Volume", "archive")["grants"] == [{"group": "dev1", "claim": "archive-dev1"}]
    assert taken.why("PersistentVolume", "v") == ""


def test_texts_that_may_not_stand_in_a_document():
    """Descriptions with hidden characters or template expressions, or too long, are left; none of them is written."""
    taken = take(
        *(space("dev1"), *(volume(f"v{n}", **nfs(f"/v{n}")) for n in range(3))),
        claim("a", "dev1", "v0", description="\x1b[31m"),
        claim("b", "dev1", "v1", description="{{ evil }}"),
        claim("c", "dev1", "v2", description="x" * 3000, owner=" "),
    )

    assert not [name for name in ("a", "b", "c") if "description" in taken.spec("Volume", name)]
    assert [taken.why("PersistentVolumeClaim", name) for name in ("a", "b", "c")] == [
        "it holds characters that nobody sees",
        "it holds a template expression",
        "it is longer than 2000 characters",
    ]
