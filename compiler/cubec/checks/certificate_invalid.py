r"""A certificate is cut off, or not one at all.

A certificate is pasted as a block of letters between two marker lines. If a line is lost on the way, every kubeconfig
that is made from it fails, and nothing can be sealed with it, with messages that name neither the file nor the line.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
      certificateAuthority: "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n"

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
"""

import base64
import binascii
import re
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("certificate-invalid", Severity.ERROR, "a certificate is cut off, or not one at all", __doc__ or "")

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.ASCII | re.DOTALL)
_SEQUENCE = 0x30  # what a certificate in DER begins with, followed by its length
_LONG = 0x80  # from here on the next byte says how many bytes the length takes


def check(model: Model) -> Iterator[Diagnostic]:
    for cluster in model.clusters.values():
        secret = cluster.secrets.certificate if cluster.secrets else ""
        for text, pointer in (
            (cluster.certificate_authority, ("certificateAuthority",)),
            (secret, ("secrets", "certificate")),
        ):
            if text and not all(map(_whole, _BLOCK.findall(text))):
                yield RULE.at(
                    cluster.origin.at("spec", *pointer),
                    f'the certificate of cluster "{cluster.name}" is not whole',
                    hint="paste it again, with all lines between the two markers",
                    excerpt=False,
                )


def _whole(text: str) -> bool:
    """Whether the bytes are as many as the certificate itself says."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return False
    if len(data) < 2 or data[0] != _SEQUENCE:  # noqa: PLR2004 - a tag and a length
        return False
    if data[1] < _LONG:
        return len(data) == 2 + data[1]
    size = data[1] - _LONG
    return len(data) == 2 + size + int.from_bytes(data[2 : 2 + size], "big")
