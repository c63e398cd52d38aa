"""Where objects are found on an API server."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Resource:
    """Where the objects of a kind are found."""

    api_version: str
    plural: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of one object, or of all: of a namespace, or of the whole cluster where none is named."""
        return path(self.api_version, self.plural, namespace if self.namespaced else "", name)


def path(api_version: str, plural: str, namespace: str = "", name: str = "") -> str:
    root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    within = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    return f"{root}{within}/{plural}" + (f"/{quote(name, safe='')}" if name else "")
