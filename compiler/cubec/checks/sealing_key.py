"""What a cluster's logins are encrypted with cannot be used.

`cubec seal` encrypts a registry's login for the recipients of a cluster with mode sops, or with the certificate of its
Sealed Secrets controller. A recipient with a wrong letter belongs to nobody; its check sum tells. A certificate that has expired,
is not valid yet or has no RSA key of 2048, 3072 or 4096 bits is refused when something is to be encrypted with it.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
      delivery: {engine: flux, repository: https://git.example.com/platform/research.git}
      secrets:
        mode: sops
        recipients: [age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gz]

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
      delivery: {engine: flux, repository: https://git.example.com/platform/research.git}
      secrets:
        mode: sops
        recipients: [age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq]
"""

from collections.abc import Iterable, Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("sealing-key", Severity.ERROR, "what logins are encrypted with cannot be used", __doc__ or "")

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # of Bech32, in the order of their values
_PREFIX = "age"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def check(model: Model) -> Iterator[Diagnostic]:
    for cluster in model.clusters.values():
        for n, recipient in enumerate(cluster.secrets.recipients if cluster.secrets else ()):
            if not _whole(recipient):
                yield RULE.at(
                    cluster.origin.at("spec", "secrets", "recipients", n),
                    f'recipient "{recipient}" is mistyped: its check sum is wrong',
                    hint="copy it again, as age-keygen -y prints it",
                )


def _whole(recipient: str) -> bool:
    """The check sum of Bech32 (BIP 173) over the prefix and what follows ``1``."""
    data = [_LETTERS.index(letter) for letter in recipient.removeprefix(f"{_PREFIX}1")]
    prefix = [ord(letter) for letter in _PREFIX]
    return _remainder([*(code >> 5 for code in prefix), 0, *(code & 31 for code in prefix), *data]) == 1


def _remainder(values: Iterable[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for n, polynomial in enumerate(_GENERATOR):
            if top >> n & 1:
                remainder ^= polynomial
    return remainder
