"""Kubernetes' own resources by API group, as of 1.37, and which of them stand outside namespaces."""

from collections.abc import Mapping

NAMESPACED: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {
            *("bindings", "configmaps", "endpoints", "events", "limitranges", "persistentvolumeclaims", "pods"),
            *("podtemplates", "replicationcontrollers", "resourcequotas", "secrets", "serviceaccounts", "services"),
        }
    ),
    "apps": frozenset({"controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"}),
    "authorization.k8s.io": frozenset({"localsubjectaccessreviews"}),
    "autoscaling": frozenset({"horizontalpodautoscalers"}),
    "batch": frozenset({"cronjobs", "jobs"}),
    "coordination.k8s.io": frozenset({"leasecandidates", "leases"}),
    "discovery.k8s.io": frozenset({"endpointslices"}),
    "events.k8s.io": frozenset({"events"}),
    "metrics.k8s.io": frozenset({"pods"}),
    "networking.k8s.io": frozenset({"ingresses", "networkpolicies"}),
    "policy": frozenset({"poddisruptionbudgets"}),
    "rbac.authorization.k8s.io": frozenset({"rolebindings", "roles"}),
    "resource.k8s.io": frozenset({"resourceclaims", "resourceclaimtemplates"}),
    "scheduling.k8s.io": frozenset({"podgroups", "workloads"}),
    "storage.k8s.io": frozenset({"csistoragecapacities"}),
}
CLUSTERED: Mapping[str, frozenset[str]] = {
    "": frozenset({"componentstatuses", "namespaces", "nodes", "persistentvolumes"}),
    "admissionregistration.k8s.io": frozenset(
        {
            *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations"),
            *("validatingadmissionpolicies", "validatingadmissionpolicybindings", "validatingwebhookconfigurations"),
        }
    ),
    "apiextensions.k8s.io": frozenset({"customresourcedefinitions"}),
    "apiregistration.k8s.io": frozenset({"apiservices"}),
    "authentication.k8s.io": frozenset({"selfsubjectreviews", "tokenreviews"}),
    "authorization.k8s.io": frozenset({"selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"}),
    "certificates.k8s.io": frozenset({"certificatesigningrequests", "clustertrustbundles", "signers"}),
    "flowcontrol.apiserver.k8s.io": frozenset({"flowschemas", "prioritylevelconfigurations"}),
    "kueue.x-k8s.io": frozenset({"clusterqueues", "cohorts", "resourceflavors", "workloadpriorityclasses"}),
    "metrics.k8s.io": frozenset({"nodes"}),
    "networking.k8s.io": frozenset({"ingressclasses", "ipaddresses", "servicecidrs"}),
    "node.k8s.io": frozenset({"runtimeclasses"}),
    "rbac.authorization.k8s.io": frozenset({"clusterrolebindings", "clusterroles"}),
    "resource.k8s.io": frozenset({"deviceclasses", "devicetaintrules", "resourceslices"}),
    "scheduling.k8s.io": frozenset({"priorityclasses"}),
    "storage.k8s.io": frozenset(
        {"csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"}
    ),
}

# Groups that are complete above: what is not listed there does not exist, and a rule about it does nothing.
CLOSED = frozenset({"", "apps", "autoscaling", "batch", "events.k8s.io", "policy", "rbac.authorization.k8s.io"})

VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})


def groups_of(resource: str) -> frozenset[str]:
    """The API groups that have a resource of this name."""
    return frozenset(group for table in (NAMESPACED, CLUSTERED) for group, names in table.items() if resource in names)


def resources_of(group: str) -> frozenset[str]:
    return NAMESPACED.get(group, frozenset()) | CLUSTERED.get(group, frozenset())


def clustered(group: str, resource: str) -> bool:
    """Whether the resource is known to stand outside namespaces."""
    return resource in CLUSTERED.get(group, ())
