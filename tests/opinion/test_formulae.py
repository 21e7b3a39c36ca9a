"""The published formulae, by hand-computed values, and the order they give, exact on every machine."""

from decimal import Decimal, getcontext
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyphonie.opinion.formulae import (
    Z_90,
    polarisation_key,
    wilson_lower,
    wilson_lower_key,
)

COUNTS = st.integers(0, 10**7)


def test_wilson_by_hand_with_a_round_z() -> None:
    # 8 of 10 with z = 2: (8 + 2 - 2·sqrt(1.6 + 1)) / 14; 1 of 1 with z = 1: (1 + 1/2 - 1/2) / 2.
    assert wilson_lower(8, 10, z=2) == pytest.approx((10 - 2 * 2.6**0.5) / 14, abs=1e-15)
    assert wilson_lower(1, 1, z=1) == pytest.approx(0.5, abs=1e-15)
    assert wilson_lower(7, 10, z=0) == pytest.approx(0.7, abs=1e-15)


@pytest.mark.parametrize(
    ("agree", "total", "key"),
    [
        (0, 0, 0),
        (0, 1, 0),
        (0, 10**6, 0),
        (1, 1, 378_447_503),  # 1 / (1 + z²) = 1 / 2.6423744151…
        (10, 10, 858_931_317),  # 10 / (10 + z²)
        (5, 10, 312_204_444),
        (7, 10, 497_371_705),
        (100, 100, 983_841_636),
        (999, 1000, 996_662_754),
    ],
)
def test_wilson_keys(agree: int, total: int, key: int) -> None:
    assert wilson_lower_key(agree, total) == key
    assert wilson_lower(agree, total) * 1e9 == pytest.approx(key, abs=1.001)


def test_wilson_uses_the_one_sided_90_per_cent_quantile() -> None:
    assert Z_90 == 1.2815515655446004
    assert wilson_lower_key(1, 1) == 10**9 * 10**32 // (10**32 + 12_815_515_655_446_004**2)


@given(COUNTS, COUNTS)
def test_the_wilson_key_is_the_bound_computed_apart_to_60_digits(agree: int, others: int) -> None:
    getcontext().prec = 60
    total, z = agree + others, Decimal("1.2815515655446004")
    if total == 0:
        return
    spread = z * (Decimal(agree * others) / total + z * z / 4).sqrt()
    bound = (agree + z * z / 2 - spread) / (total + z * z)
    if abs(bound * 10**9 - round(bound * 10**9)) > Decimal(10) ** -30:  # else the 60 digits decide nothing
        assert wilson_lower_key(agree, total) == int(bound * 10**9)
    assert wilson_lower(agree, total) == pytest.approx(float(bound), abs=1e-9)


@given(st.integers(0, 10**4), st.integers(0, 10**4))
def test_one_more_agreement_ranks_higher_and_one_more_other_vote_lower(agree: int, others: int) -> None:
    key = wilson_lower_key(agree, agree + others)
    assert 0 <= key <= 10**9
    assert wilson_lower_key(agree + 1, agree + others + 1) > key
    assert wilson_lower_key(agree, agree + others + 1) < key or key == 0
    assert key <= 10**9 * agree // max(1, agree + others)


def test_mixed_votes_count_among_all() -> None:
    assert wilson_lower(10, 10 + 5 + 0) < wilson_lower(10, 10)


@pytest.mark.parametrize(("agree", "total"), [(-1, 3), (4, 3), (0, -1)])
def test_what_is_no_share_is_refused(agree: int, total: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson_lower(agree, total)
    with pytest.raises(ValueError, match="not a share"):
        wilson_lower_key(agree, total)


@pytest.mark.parametrize(
    ("votes", "key"),
    [
        ((0, 0, 0), 0),
        ((5, 0, 5), 10**9),
        ((10, 0, 0), 0),
        ((0, 0, 10), 0),
        ((0, 10, 0), 0),
        ((4, 2, 4), 800_000_000),  # 8/10 - 0
        ((6, 1, 3), 810_000_000),  # 9/10 - (3/10)²
        ((2, 0, 1), 888_888_888),  # 1 - 1/9, rounded down
        ((1, 1, 1), 666_666_666),
        ((20, 30, 50), 610_000_000),  # 70/100 - (30/100)²
    ],
)
def test_polarisation_by_hand(votes: tuple[int, int, int], key: int) -> None:
    assert polarisation_key(*votes) == key


@given(COUNTS, COUNTS, COUNTS)
def test_polarisation_is_a_variance_symmetric_and_between_0_and_1(agree: int, mixed: int, disagree: int) -> None:
    key = polarisation_key(agree, mixed, disagree)
    assert 0 <= key <= 10**9
    assert key == polarisation_key(disagree, mixed, agree)
    total = agree + mixed + disagree
    if total:
        mean = (agree - disagree) / total
        variance = (agree * (1 - mean) ** 2 + mixed * mean**2 + disagree * (1 + mean) ** 2) / total
        assert key == pytest.approx(variance * 1e9, abs=1.001)
        assert polarisation_key(agree, mixed + 1, disagree) <= key or agree != disagree


def test_a_negative_count_is_refused() -> None:
    for votes in ((-1, 0, 0), (0, -1, 0), (0, 0, -1)):
        with pytest.raises(ValueError, match="negative"):
            polarisation_key(*votes)


def test_the_published_integer_recipe_is_what_the_key_computes() -> None:
    z, unit = 12_815_515_655_446_004**2, 10**32
    for total in range(1, 40):
        for agree in range(total + 1):
            centre = total * (2 * unit * agree + z)
            root = 10**18 * (total**2 * z**2 + 4 * unit * z * agree * (total - agree) * total)
            ceiling = isqrt(root) + (isqrt(root) ** 2 < root)
            assert wilson_lower_key(agree, total) == (10**9 * centre - ceiling) // (2 * total * (unit * total + z))
