"""Claims and volumes, beyond what the golden cases show."""

import re
from typing import Any

import pytest
from tests.unit.emitters.compiling import document, group, objects

from cubec.model.volumes import ADDRESSED_DRIVERS

USES = "  volumes: [{volume: data}]\n"
NFS = "{nfs: {server: nas-1.example.com, path: /data}}"


def made(source: str, extra: str = "", *, access: str = "read-write", namespaces: str = "") -> list[dict[str, Any]]:
    spec = f"  capacity: 1Ti\n  source: {source}\n{extra}  grants: [{{group: dev1, access: {access}}}]\n"
    return objects("groups/dev1/volumes.yaml", document("Volume", "data", spec), group("dev1", namespaces + USES))


def test_the_pair_names_each_other():
    """Volume and claim refer to each other and have no class, so nothing else can bind to either."""
    volume, claim = made(NFS)

    assert volume["spec"]["claimRef"] == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "namespace": claim["metadata"]["namespace"],
        "name": claim["metadata"]["name"],
    }
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    assert volume["spec"]["storageClassName"] == claim["spec"]["storageClassName"] == ""
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert re.fullmatch(r"dev1--data-[0-9a-f]{8}", volume["metadata"]["name"])


@pytest.mark.parametrize(
    ("source", "access"),
    [
        ("{nfs: {server: nas-2.example.com, path: /data}}", "read-write"),
        ("{nfs: {server: nas-1.example.com, path: /other}}", "read-write"),
        (NFS, "read-only"),
    ],
)
def test_another_source_is_another_volume(source: str, access: str):
    """What can never change on a volume that exists is part of its name."""
    assert made(source, access=access)[0]["metadata"]["name"] != made(NFS)[0]["metadata"]["name"]


@pytest.mark.parametrize("extra", ["  description: other words\n", "  owner: somebody\n", "  mountOptions: [hard]\n"])
def test_what_may_change_does_not_rename(extra: str):
    """Words, size and mount options change in place."""
    assert made(NFS, extra)[0]["metadata"]["name"] == made(NFS)[0]["metadata"]["name"]


def test_read_only_is_said_everywhere():
    """A read-only grant says so in the source, in the options and in the access modes of both."""
    volume, claim = made(NFS, "  mountOptions: [hard, ro, nfsvers=4.1]\n", access="read-only")

    assert volume["spec"]["nfs"]["readOnly"] is True
    assert volume["spec"]["mountOptions"] == ["hard", "ro", "nfsvers=4.1"]
    assert volume["spec"]["accessModes"] == claim["spec"]["accessModes"] == ["ReadOnlyMany"]


def test_handles_are_unique_in_the_cluster():
    """Two namespaces of a group never share a handle, or a node would mount one of the two only."""
    two = "  namespaces:\n    - {name: dev1, quota: {gpu: 1(T4)}}\n    - {name: dev1-b, workloads: [notebook]}\n"
    source = "{csi: {driver: nfs.csi.k8s.io, volumeHandle: share, volumeAttributes: {server: nas, share: /data}}}"
    handles = [
        item["spec"]["csi"]["volumeHandle"]
        for item in made(source, namespaces=two)
        if item["kind"] == "PersistentVolume"
    ]

    assert handles == ["share#dev1#data", "share#dev1-b#data"]


@pytest.mark.parametrize("driver", sorted(ADDRESSED_DRIVERS))
def test_an_address_is_kept(driver: str):
    """Drivers that find the data by the handle get it as it is written."""
    volume, _ = made(f"{{csi: {{driver: {driver}, volumeHandle: vol-1}}}}")

    assert volume["spec"]["csi"]["volumeHandle"] == "vol-1"


def test_a_class_makes_the_volume_itself():
    """A dynamic volume is a claim alone, and is kept like the others."""
    (claim,) = made("{storageClass: fast}")

    assert claim["kind"] == "PersistentVolumeClaim"
    assert claim["spec"]["storageClassName"] == "fast"
    assert "volumeName" not in claim["spec"]
    assert claim["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false"


@pytest.mark.parametrize("source", [NFS, "{storageClass: fast}", "{hostPath: {path: /data/k8s/a}}"])
def test_data_is_never_pruned(source: str):
    """Every object that holds data is kept by the engine, whatever happens to its file."""
    for item in made(source):
        assert item["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false"
