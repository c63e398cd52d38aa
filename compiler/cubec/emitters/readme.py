"""The README of the output: what the tree is, and how each cluster is pointed at it once."""

from cubec.model.model import Model

_ENGINES = {"argocd": "Argo CD", "flux": "Flux"}


def text(model: Model) -> str:
    lines = [
        f"# What cubec made of platform {model.platform.name}",
        "",
        "Generated: do not edit. Change the files in `tenants/` and run `cubec build`; both are committed together.",
        "",
        "| folder | holds |",
        "|---|---|",
        "| `<cluster>/bootstrap.yaml` | what an administrator applies once, by hand |",
        "| `<cluster>/platform/` | what holds for the whole cluster, applied first |",
        "| `<cluster>/groups/<group>/` | all that belongs to one group, and nothing else |",
        "| `<cluster>/upkeep/` | the upkeep job |",
        "| `<cluster>/delivery/` | what tells the GitOps engine where everything is |",
        "| `<cluster>/clients/` | files for people's machines; none of them is applied, none holds a credential |",
        "",
        "## Bootstrap",
        "",
    ]
    for site in model.sites.values():
        engine = site.cluster.delivery.engine
        name = site.cluster.name
        if engine == "none":
            lines.append(
                f"- `{name}`: no engine is declared; apply with `kubectl apply --server-side --recursive -f`, in this order:"
                f" `{name}/platform/namespaces.yaml`, `{name}/platform/`, `{name}/groups/`, `{name}/upkeep/`."
            )
        else:
            lines.append(
                f"- `{name}`: `kubectl apply --server-side -f {name}/bootstrap.yaml`, in the cluster where {_ENGINES[engine]} runs."
            )
    return "\n".join([*lines, ""])
