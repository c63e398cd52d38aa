"""What can go wrong with a cluster. Messages are for people and hold no secret."""

_CONFLICT, _INVALID = 409, 422


class ClusterError(OSError):
    """The cluster could not be used: the environment failed, as with a file that cannot be read."""


class UnreachableError(ClusterError):
    """No whole answer came, however often we asked."""


class LateError(ClusterError):
    """There is no time left to ask."""


class BrokenListError(ClusterError):
    """A page of a list was none, or came from a list that is gone: only the whole list can be asked for again."""


class RefusedError(ClusterError):
    """The API server said no: its status (HTTP), its reason (``Forbidden``, ``AlreadyExists`` …) and its words."""

    def __init__(self, status: int, body: object, what: str) -> None:
        said = body if isinstance(body, dict) else {}
        self.status: int = status
        self.reason: str = str(said.get("reason", ""))
        self.message: str = str(said.get("message", "")) or f"status {status}"
        self._fields = tuple(str(cause.get("field")) for cause in (said.get("details") or {}).get("causes") or ())
        super().__init__(f"{what}: {self.message}")

    @property
    def there(self) -> bool:
        """Whether what was to be created is there already."""
        return self.reason == "AlreadyExists"

    @property
    def conflict(self) -> bool:
        """Whether somebody else was faster: the object changed, is there already, or is another one of the same name.

        A patch that states the uid of an object that was made anew is not in conflict for the API server, but invalid.
        """
        return self.status == _CONFLICT or (self.status == _INVALID and self._fields == ("metadata.uid",))
