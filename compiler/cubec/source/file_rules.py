"""Rules about a file as a whole: its bytes, its size, its name, and what else stands in its folder."""

from cubec.diagnostics import Rule, Severity

ENCODING_INVALID = Rule(
    "encoding-invalid",
    Severity.ERROR,
    "the file is not plain UTF-8 text",
    """\
Tenant files are UTF-8 text without a byte order mark. A file in another encoding reads
differently on another machine: the name that was reviewed is not the name that is used.
Editors call the right one "UTF-8", sometimes "UTF-8 without BOM".

Bad:
    a file saved as "Unicode" (UTF-16), "Windows-1252" or "UTF-8 with BOM"

Good:
    iconv -f WINDOWS-1252 -t UTF-8 old.yaml > tenants/users/zoe.yaml
""",
)
HIDDEN_CHARACTER = Rule(
    "hidden-character",
    Severity.ERROR,
    "the file holds a character that nobody can see",
    """\
Some characters have no shape: zero-width spaces, marks that turn the direction of writing,
control characters, line ends that only some programs know. A reviewer reads one thing and a
program another. One such line end can even hide a second key inside a harmless line.
They usually arrive by copying from a chat or a web page. The message says which character it
is and where; delete it and type the text anew.

Bad:
    description: nightly runs<U+2028>role: owner

Good:
    description: nightly runs
""",
)
INPUT_TOO_LARGE = Rule(
    "input-too-large",
    Severity.ERROR,
    "a file, or all files together, are larger than what is read",
    """\
A tenant file has at most 1 MiB, and all of them together at most 256 MiB. Real ones have a few
kilobytes; a larger one is nearly always something else that was put there by mistake.

Bad:
    tenants/users/dump.yaml, 3 MiB

Good:
    tenants/users/vision.yaml and tenants/users/speech.yaml, each a `kind: List`
""",
)
TOO_MANY_FILES = Rule(
    "too-many-files",
    Severity.ERROR,
    "the tenants folder holds more files than are read",
    """\
At most 20,000 files and 20,000 folders are read. Small documents of one kind can share a file
as the items of a `kind: List`.

Bad:
    tenants/users/user-00001.yaml … tenants/users/user-30000.yaml

Good:
    apiVersion: cubec.io/v1
    kind: List
    items:
      - apiVersion: cubec.io/v1
        kind: User
        metadata: {name: user-00001}
""",
)
NOT_REGULAR_FILE = Rule(
    "not-regular-file",
    Severity.ERROR,
    "a link, pipe, device or another repository stands where a file belongs",
    """\
Only regular files in regular folders are read. A link could show the compiler a file that
nobody reviewed, or one that is private to the build machine; a pipe could stop the build for
ever. Such entries are never opened or followed, and never skipped in silence. A submodule
is another repository, with other reviewers.

Bad:
    tenants/groups/vision.yaml -> ../../shared/vision.yaml

Good:
    tenants/groups/vision.yaml as a file of its own
""",
)
FILE_NAME = Rule(
    "file-name",
    Severity.ERROR,
    "a file's name says that it would not be read, or could be mistaken for another",
    """\
Every document is a `*.yaml` file. A file with another ending would be passed over without a
word, so it is an error. So are names with invisible characters, YAML files whose name
begins with a dot, and two names that differ by upper and lower case only, because some
computers cannot hold both. `*.md`, `README` and hidden files such as `.gitkeep` are ignored.

Bad:
    tenants/groups/vision.yml
    tenants/groups/Speech.yaml beside tenants/groups/speech.yaml

Good:
    tenants/groups/vision.yaml
    tenants/groups/speech.yaml
""",
)
UNREADABLE_FILE = Rule(
    "unreadable-file",
    Severity.ERROR,
    "a file or folder could not be read",
    """\
What cannot be read is never taken for empty: a build without it would remove everything that
it declares from the clusters. The message says what the operating system answered, which is
mostly that the permissions do not allow it.

Bad:
    -rw------- root   tenants/groups/vision.yaml

Good:
    chmod 644 tenants/groups/vision.yaml
""",
)
MULTI_DOCUMENT = Rule(
    "multi-document",
    Severity.ERROR,
    "a file holds more than one document",
    """\
A line `---` starts a new document, and many programs read only the first. So a file holds
one document; several small ones become the items of a `kind: List`, or files of their own.
A `---` as the very first line is fine.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: zoe}
    ---
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: tom}

Good:
    apiVersion: cubec.io/v1
    kind: List
    items:
      - apiVersion: cubec.io/v1
        kind: User
        metadata: {name: zoe}
      - apiVersion: cubec.io/v1
        kind: User
        metadata: {name: tom}
""",
)
EMPTY_FILE = Rule(
    "empty-file",
    Severity.ERROR,
    "a file holds no document",
    """\
An empty file, or one with comments only, is mostly a file that was not saved, or whose text
was commented out. Reading it as "nothing is declared here" could remove what it declared
before, so it is an error.

Bad:
    # kind: Group

Good:
    kind: Group
""",
)
