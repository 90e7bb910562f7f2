"""How the cases of generate.py are declared."""

import collections

IMAGE = (2, 4, 5, 6)

Case = collections.namedtuple("Case", "operator name build shape since until dims only twin")
CASES = []


def case(operator, name, build, shape=IMAGE, since=7, until=99, dims=None, only=None, twin=None):
    """Declares a case.

    operator: whose changes decide at which opsets it is made. since, until: the opsets at which it is valid.
    dims: the input's dimensions in the file; by default the first one is open. only: opsets instead of the changes.
    twin: builds the model whose outputs are right where the model's own would be those of its training form.
    """
    CASES.append(Case(operator, name, build, shape, since, until, dims, only, twin))


def single(kind, **attributes):
    return lambda m: m.node(kind, "x", **attributes)
