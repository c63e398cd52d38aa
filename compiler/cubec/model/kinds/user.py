"""User documents."""

from cubec.model.reader import Reader
from cubec.model.tenants import User


def read(reader: Reader) -> User:
    spec = reader.spec
    return User(
        name=reader.name,
        uid=spec["uid"],
        display_name=spec.get("displayName", ""),
        email=spec.get("email", ""),
        expires=reader.date(spec, "spec", "expires"),
        platform_role=spec.get("platformRole", ""),
        subject=spec.get("subject", reader.name),
        origin=reader.origin,
    )
