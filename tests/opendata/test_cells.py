"""A cell is read exactly, or refused with the reason."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from polyphonie.opendata.importing.readers.cells import CellRefused, count, instant, web_address, yes

PARIS = ZoneInfo("Europe/Paris")


def stamp(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=PARIS).timestamp())  # type: ignore[misc,arg-type]


def test_dates_are_read_in_the_clock_they_were_written_in() -> None:
    assert instant("31/10/2014 15:03") == stamp(2014, 10, 31, 15, 3)
    assert instant("31/10/2014") == stamp(2014, 10, 31)
    assert instant("17/03/2016 14:25:48") == stamp(2016, 3, 17, 14, 25, 48)
    assert instant("2019-01-24 22:29:15 +0100") == instant("2019-01-24T21:29:15Z") == stamp(2019, 1, 24, 22, 29, 15)
    assert instant("2014-10-31T15:03") == stamp(2014, 10, 31, 15, 3)


def test_every_minute_of_the_days_when_the_clock_changes_is_read_as_the_calendar_says() -> None:
    for day in ((2015, 10, 25), (2015, 3, 29), (2015, 10, 24)):
        for minutes in range(0, 24 * 60, 7):
            hour, minute = divmod(minutes, 60)
            written = f"{day[2]:02d}/{day[1]:02d}/{day[0]} {hour:02d}:{minute:02d}"
            assert instant(written) == stamp(*day, hour, minute)


@pytest.mark.parametrize(
    "text",
    ["", "hier", "32/01/2015 10:00", "31/02/2015 10:00", "01/01/2015 24:00", "01/01/2015 10:60", "01/01/2015T10:00", "1/1/2015",
     "01/01/1815 10:00", "01/01/2015 1²:00", "٠١/٠١/٢٠١٥ ١٠:٠٠", "2015-13-01", "0000-00-00", "01-01-2015 10:00",
     "01/01/2015 10.00", "9999-12-31T23:59:59-12:00"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        instant(text)


def test_counts_and_answers_are_whole_or_refused() -> None:
    assert (count(""), count("0"), count("2447")) == (None, 0, 2447)
    assert (yes("1"), yes(""), yes("false")) == (True, False, False)
    for read, text in ((count, "-1"), (count, "1.5"), (count, "٣"), (count, "9" * 30), (yes, "peut-être")):
        with pytest.raises(CellRefused):
            read(text)


def test_an_address_that_is_not_of_the_web_is_refused() -> None:
    assert web_address(" https://exemple.fr/a ") == "https://exemple.fr/a"
    for text in ("javascript:alert(1)", "ftp://exemple.fr", "https://a b", "https://" + "a" * 2000):
        with pytest.raises(CellRefused):
            web_address(text)
