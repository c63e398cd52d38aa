"""What makes sealing impossible. No message repeats any part of a login."""


class LoginError(ValueError):
    """What was given is no login for the registry: what is wrong with it, and the way out."""


class SealingKeyError(ValueError):
    """Nothing can be encrypted for a cluster. ``pointer`` leads to its certificate or recipient, below ``spec``."""

    def __init__(self, message: str, hint: str, *pointer: str | int) -> None:
        super().__init__(message)
        self.hint = hint
        self.pointer = pointer
