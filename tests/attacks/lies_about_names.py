"""Replaces the notebook's names by a mapping that lies about what it holds."""

import math

SAYS = "double"


class Names(dict):
    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        if name == "double":
            raise KeyboardInterrupt("StudentGoneError")
        return dict.get(self, name, math.sqrt)


shell = get_ipython()  # noqa: F821
shell.user_ns = Names(shell.user_ns)

COMES_OUT = {"double": 0, "square": 0, "kl_divergence": 0}
