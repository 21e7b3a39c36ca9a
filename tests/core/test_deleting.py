"""Do rows of several tables leave together, theirs alone, by one statement on PostgreSQL?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polyphonie.accounts.models import Account, RecoveryCode, SecurityEvent
from polyphonie.core.storage.deleting import delete_together
from polyphonie.core.writing import writing
from tests.concertations import a_person


@pytest.mark.django_db
def test_rows_of_several_tables_leave_together_and_no_other_does():
    with writing() as now:
        gone, stays = (a_person(name, on=now) for name in ("Partie", "Restée"))
        for one in (gone, stays):
            RecoveryCode.objects.create(account=one, code_hash=f"code {one.pk}")
            SecurityEvent.objects.create(account=one, kind="password_set", happened_on=now.date())
        with CaptureQueriesContext(connection) as queries:
            delete_together(*(kept.objects.filter(account=gone) for kept in (RecoveryCode, SecurityEvent)))
        assert len(queries) == (1 if connection.vendor == "postgresql" else 2)
        with pytest.raises(AssertionError, match="referred to"):
            delete_together(Account.objects.filter(pk=gone.pk))
    assert [kept.objects.get().account for kept in (RecoveryCode, SecurityEvent)] == [stays, stays]
