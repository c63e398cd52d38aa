"""The name under which cards are offered is none that Kubernetes takes.

Device plugins offer cards under a name of a domain, a slash and a word, such as nvidia.com/gpu. The domain kubernetes.io and its
subdomains are Kubernetes' own, a name that begins with requests. would be mistaken for a part of a quota, and the word after
the slash has at most 63 characters. ``kubectl describe node`` shows the name under Allocatable.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-t4
    spec:
      cluster: ack
      nodes:
        names: [worker01, worker02, worker03]
      capacity: {cpu: 4, memory: 30Gi}
      accelerator: {model: T4, count: 1, resource: alpha.kubernetes.io/nvidia-gpu}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-t4
    spec:
      cluster: ack
      nodes:
        names: [worker01, worker02, worker03]
      capacity: {cpu: 4, memory: 30Gi}
      accelerator: {model: T4, count: 1, resource: nvidia.com/gpu}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.source.quoting import quoted

RULE = Rule("accelerator-resource", Severity.ERROR, "cards are offered under an impossible name", __doc__ or "")
_KUBERNETES = "kubernetes.io"
_REQUESTS = "requests."  # a quota puts it before the name, and the whole must still be a name
_LONGEST_DOMAIN, _LONGEST_NAME = 253 - len(_REQUESTS), 63


def check(model: Model) -> Iterator[Diagnostic]:
    for pool in model.pools.values():
        accelerator = pool.accelerator
        if accelerator is None:
            continue
        names = ((("resource",), accelerator.resource), (("slices", "resource"), accelerator.slice_resource))
        for pointer, name in names:
            problem = name and _problem(name)
            if problem:
                yield RULE.at(
                    pool.origin.at("spec", "accelerator", *pointer),
                    f"{quoted(name)} {problem}",
                    hint="write the name that kubectl describe node shows under Allocatable, such as nvidia.com/gpu",
                )


def _problem(name: str) -> str:
    domain, _, word = name.partition("/")
    if domain == _KUBERNETES or domain.endswith(f".{_KUBERNETES}"):
        return "stands in a domain of Kubernetes' own, where no cards are"
    if domain.startswith(_REQUESTS):
        return f"begins with {_REQUESTS}, which a quota puts before the name itself"
    if len(domain) > _LONGEST_DOMAIN or len(word) > _LONGEST_NAME or ".." in domain:
        return "is no name that Kubernetes takes"
    return ""
