"""By which published formulae are texts ordered, exactly the same on every machine?

Each formula exists twice: as a float for people to read, and as an integer *key* for ordering. A key is the exact
value in billionths, rounded down: floor(value x 10^9), computed with whole numbers only, so that anyone who follows
this page in any language gets the same order. Equal keys are ties; ties go by number.
"""

from math import isqrt, sqrt

# One-sided 90 %: the 0.9 quantile of the normal distribution, to the last digit written here.
Z_90 = 1.2815515655446004
_Z_90_TIMES_10_16 = 12_815_515_655_446_004
_Z_SQUARED = _Z_90_TIMES_10_16**2  # z² = _Z_SQUARED / _Z_SQUARED_UNIT
_Z_SQUARED_UNIT = 10**32
_KEY_UNIT = 10**9

POLARISATION_MINIMUM = 10  # votes below which a text is not ranked by polarisation
LEAST_POLARISATION = 0.5  # below, votes are not called split


def wilson_lower(agree: int, total: int, z: float = Z_90) -> float:
    """The lower bound of the share who agree, given `agree` of `total` votes; between 0 and 1, without unit.

        (p + z²/2n - z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n),  p = agree/n,  n = total (agree, mixed and disagree)

    With the default `z` nine samples in ten of that size have a true share above it. 0 when nobody voted.
    ValueError unless 0 <= agree <= total. Source: E. B. Wilson, « Probable inference, the law of succession, and
    statistical inference », JASA 22 (1927), 209-212.
    """
    _check_share(agree, total)
    if total == 0:
        return 0.0
    half = z * z / 2
    spread = z * sqrt(agree * (total - agree) / total + z * z / 4)
    return max(0.0, (agree + half - spread) / (total + z * z))


def wilson_lower_key(agree: int, total: int) -> int:
    """The order key of `wilson_lower` with z = 1.2815515655446004: floor(bound x 10^9), exact, 0 to 10^9.

    Without fractions: with z² = Z/B, Z = 12815515655446004² and B = 10^32, the bound is (X - sqrt(Y)) / D where
    X = n(2·B·agree + Z), Y = n²Z² + 4·B·Z·agree·(n - agree)·n and D = 2n(B·n + Z); the key is
    (10^9·X - c) div D, c the least whole number whose square is at least 10^18·Y. 0 when nobody voted.
    ValueError unless 0 <= agree <= total.
    """
    _check_share(agree, total)
    if total == 0:
        return 0
    unit, z = _Z_SQUARED_UNIT, _Z_SQUARED
    centre = total * (2 * unit * agree + z)
    spread_squared = (total * z) ** 2 + 4 * unit * z * agree * (total - agree) * total
    width = 2 * total * (unit * total + z)
    return (_KEY_UNIT * centre - _ceiling_of_root(_KEY_UNIT**2 * spread_squared)) // width


def surely_divided(agree: int, mixed: int, disagree: int) -> bool:
    """Whether votes are split for certain: from `POLARISATION_MINIMUM` votes, Π is at least `LEAST_POLARISATION` even with the
    smaller side at the lower bound of its share (Wilson, one-sided 90 %):

        Π = (l + s) - (l - s)²,  l the larger side's share, s the lower bound of the smaller side's
    """
    _check_counts(agree, mixed, disagree)
    total = agree + mixed + disagree
    if total < POLARISATION_MINIMUM:
        return False
    large, small = max(agree, disagree) / total, wilson_lower(min(agree, disagree), total)
    return large + small - (large - small) ** 2 >= LEAST_POLARISATION


def polarisation_key(agree: int, mixed: int, disagree: int) -> int:
    """How far the votes are split between agree (+1) and disagree (-1): Π, the variance of a vote, as an exact order key.

        Π = (A + D)/S - ((A - D)/S)²,  S = A + mixed + D;  key = floor(Π x 10^9) = (10^9·((A + D)·S - (A - D)²)) div S²

    10^9 when half agree and half disagree, 0 when all votes are the same or nobody voted. ValueError for a negative
    count. Ranked from `POLARISATION_MINIMUM` votes.
    """
    _check_counts(agree, mixed, disagree)
    total = agree + mixed + disagree
    return _KEY_UNIT * ((agree + disagree) * total - (agree - disagree) ** 2) // total**2 if total else 0


def _ceiling_of_root(square: int) -> int:
    return isqrt(square - 1) + 1 if square > 0 else 0


def _check_share(agree: int, total: int) -> None:
    if not 0 <= agree <= total:
        raise ValueError(f"{agree} of {total} votes is not a share")


def _check_counts(*counts: int) -> None:
    if min(counts) < 0:
        raise ValueError(f"a count of votes is negative: {counts}")
