"""The words that are names on a cluster: of namespaces and of objects of the whole cluster, in everything these tests compile."""

from tests.cluster import sample
from tests.cluster.compiled import compiled

ALWAYS = (  # in no object that is compiled for these tests, and yet names: of engines' objects, and of tests
    *("cubec", "cubec-platform", "cubec-upkeep", "argocd", "flux-system", "infra", "registries", "registry-logins"),
    *("bare", "bobs", "elsewhere", "unlisted", "leaving", "dropped", "sight", "quiet", "late"),
)


def names() -> frozenset[str]:
    """Namespaces, and names of the whole cluster."""
    found = set(ALWAYS)
    trees = [sample.objects(sample.committed())]
    trees += [iter(compiled(one).objects("platform/*", "groups/*")) for one in sample.PLATFORMS]
    for item in (item for tree in trees for item in tree):
        found.add(item["metadata"].get("namespace") or item["metadata"]["name"])
    return frozenset(found)
