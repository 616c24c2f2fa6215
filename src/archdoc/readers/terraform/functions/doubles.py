"""Logarithms and powers in double precision as Go works them out: not always the nearest double.

The last digit decides where a configuration rounds up: ``ceil(log(9, 3))`` is 3.
https://github.com/golang/go/blob/master/src/math/log.go and pow.go beside it.
"""

from __future__ import annotations

import math

_ODD = (6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01)
_EVEN = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def log(x: float) -> float:
    """The natural logarithm (ValueError of what is not positive)."""
    if not 0 < x < math.inf:
        raise ValueError(x)
    fraction, exponent = math.frexp(x)
    if fraction < math.sqrt(2) / 2:
        fraction, exponent = fraction * 2, exponent - 1
    f = fraction - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (_ODD[0] + s4 * (_ODD[1] + s4 * (_ODD[2] + s4 * _ODD[3])))
    even = s4 * (_EVEN[0] + s4 * (_EVEN[1] + s4 * _EVEN[2]))
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + (odd + even)) + exponent * _LN2_LOW)) - f)


def power(x: float, y: float) -> float:
    """``x`` to the power of ``y`` (ValueError or OverflowError where there is none)."""
    plain = math.pow(x, y)
    if plain in (0, 1) or y == 1 or not math.isfinite(plain):
        return plain
    if abs(y) == 0.5:
        return math.sqrt(x) if y > 0 else 1 / math.sqrt(x)
    part, count = math.modf(abs(y))
    made, twos = 1.0, 0
    if part:
        if part > 0.5:
            part, count = part - 1, count + 1
        made = math.exp(part * log(x))
    square, exponent = math.frexp(x)
    left = int(count)
    while left:
        if left & 1:
            made, twos = made * square, twos + exponent
        square, exponent, left = square * square, exponent * 2, left >> 1
        if square < 0.5:
            square, exponent = square * 2, exponent - 1
    return math.ldexp(made, twos) if y > 0 else math.ldexp(1 / made, -twos)
