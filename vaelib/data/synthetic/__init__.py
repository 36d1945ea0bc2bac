"""Pictures that a program makes, for a course without a network or a data set."""

from vaelib.data.synthetic.clothes import synthetic_clothes
from vaelib.data.synthetic.creatures import synthetic_creatures
from vaelib.data.synthetic.digits import synthetic_digits

__all__ = ["synthetic_clothes", "synthetic_creatures", "synthetic_digits"]
