"""The accounts of people, in a namespace where nobody runs anything, and what the platform's own people may do."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Site
from cubec.yaml_text import Shared

FILE = "platform/identities.yaml"

_ACCOUNT = Shared({"automountServiceAccountToken": False})


def emit(site: Site) -> Iterator[Manifest]:
    platform = site.platform
    for user in site.users:
        if site.cluster.identity.mode == "serviceaccount":
            asked = names.source(user.origin)
            yield Manifest("ServiceAccount", user.name, platform.identity_namespace, asked, _ACCOUNT)
    for user in site.users:
        if user.platform_role:
            role = f"platform-{user.platform_role}"
            body = {"roleRef": names.role_ref(role), "subjects": [names.user_subject(site, user.name, user.subject)]}
            asked = names.source(user.origin, "platformRole")
            yield Manifest("ClusterRoleBinding", f"cubec:{role}--{user.name}", "", asked, body)
