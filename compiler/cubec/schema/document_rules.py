"""Rules about a document's frame and its fields."""

from cubec.diagnostics import Rule, Severity

NOT_A_DOCUMENT = Rule(
    "not-a-document",
    Severity.ERROR,
    "the file does not hold a document that says what it is",
    """
Every file below tenants/ holds one document, and every document begins with two lines that say how to read it:
apiVersion, the version of this language, and kind, what the document describes. Without them nobody can tell what the
rest means. An empty file, a bare list or a single word is no document either; several small documents in one file are
the items of a List.

Bad:
    - name: bob
      uid: 20001

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata:
      name: bob
    spec:
      uid: 20001
""",
)

API_VERSION_UNSUPPORTED = Rule(
    "api-version-unsupported",
    Severity.ERROR,
    "the document is written in another version of the language, or for another program",
    """
The apiVersion of every document here is cubec.io/v1. Another one usually means that a Kubernetes object was put into the
folder. Those are made by the compiler from groups, volumes and the like, and nothing else may add any: otherwise no check
would see them.

Bad:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: dev1

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
""",
)

UNKNOWN_KIND = Rule(
    "unknown-kind",
    Severity.ERROR,
    "there is no such kind of document",
    """
The kind says what a document describes: Platform, Cluster, NodePool, Volume, Registry, User, Group or JobTemplate; a List
holds several documents, but no further List. Capital letters count.

Bad:
    kind: Team

Good:
    kind: Group
""",
)

UNKNOWN_FIELD = Rule(
    "unknown-field",
    Severity.ERROR,
    "the field does not exist at this place",
    """
A field that nobody knows would be ignored, and what it was meant to say with it: a misspelt quota is no quota. So it is
an error. Look for a typing error first, then at the indentation: a field may exist one level further in or out. Labels,
annotations, tolerations and access rules cannot be written in these documents at all; the compiler makes them.

Bad:
    placements:
      - cluster: ack
        gpu: 2

Good:
    placements:
      - cluster: ack
        quota:
          gpu: 2
""",
)

MISSING_FIELD = Rule(
    "missing-field",
    Severity.ERROR,
    "a field is needed that is not there",
    """
Some fields have no sensible default, so they must be written. Others are needed once another field has a certain value:
a group that is decommissioned needs a last day and a reason. Of some fields exactly one is needed: a member is either a
user or a group at the identity provider.

Bad:
    members:
      - user: bob

Good:
    members:
      - user: bob
        role: developer
""",
)

FIELDS_CONFLICT = Rule(
    "fields-conflict",
    Severity.ERROR,
    "fields stand together that exclude each other",
    """
Some fields are alternatives: with both of them, one would be ignored, and you could not tell which. Others mean something
only when a further field has a certain value. Keep the one that you mean.

Bad:
    allGroups: true
    groups: [dev1]

Good:
    groups: [dev1]
""",
)

PLAINTEXT_SECRET = Rule(
    "plaintext-secret",
    Severity.ERROR,
    "a password or token stands in the files",
    """
What is committed here can be read by everybody who may read the repository, for ever: deleting the line later does not
remove it from the history. Logins are named by the key under which a secret store holds them, or encrypted with
`cubec seal` before they are written here. If a secret was committed, change it where it is used; removing it is not enough.

Bad:
    credentials:
      username: puller
      password: (the password)

Good:
    credentials:
      remote: platform/registry-main
""",
)
