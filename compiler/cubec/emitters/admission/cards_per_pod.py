"""One pod asks for no more cards than one pod of its namespace may have.

A LimitRange could not say this: its maximum becomes the default of every container, and each would get cards.
"""

from collections.abc import Iterator

from cubec.emitters.admission import cel


def _asked(containers: str) -> str:
    return f"{containers}.map(c, quantity(string(c.?resources.?limits[?l.split('=')[0]].orValue('0'))).asInteger())"


# Containers run side by side, and so do init containers that stay; the others run one after the other, before them.
_RUNNING = """\
object.spec.containers +
object.spec.?initContainers.orValue([]).filter(c, c.?restartPolicy.orValue('') == 'Always')"""
_EXCESS = f"""\
(variables.create ? variables.notes[?'cubec.io/cards-per-pod'].orValue('').split(',') : [])
.filter(l, l != '' && (
  {_asked("variables.running")}.sum() > int(l.split('=')[1]) ||
  {_asked("object.spec.?initContainers.orValue([])")}.exists(n, n > int(l.split('=')[1]))))"""

RULE = cel.Rule(
    "size(variables.excess) == 0",
    "the pod asks for more cards than one pod of its namespace may have",
    "'one pod of namespace ' + request.namespace + ' may have at most ' +"
    " variables.excess.map(l, l.split('=')[1] + ' of ' + l.split('=')[0]).join(' and ') +"
    " ': ask for fewer, or spread the work over several pods'",
)


def variables() -> Iterator[cel.Variable]:
    yield cel.variable("running", _RUNNING)
    yield cel.variable("excess", _EXCESS)
