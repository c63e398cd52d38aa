"""From the kind that an object names to the resource that roles, policies and quotas name."""

from cubec.model import api_resources, roles


def resource(api_group: str, kind: str) -> str:
    """The plural: a known one if there is one, else what English would make of it, as most additions do."""
    word = kind.lower()
    plurals = [f"{word[:-1]}ies"] if word.endswith("y") else []
    plurals += [f"{word}es", word] if word.endswith(("s", "x", "ch")) else []
    plurals.append(f"{word}s")
    known = api_resources.resources_of(api_group) | {
        plural for name in roles.installed() for plural, _, group in [name.partition(".")] if group == api_group
    }
    return next((plural for plural in plurals if plural in known), plurals[0])
