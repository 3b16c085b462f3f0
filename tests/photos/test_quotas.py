"""What a tenant may have bounds what is registered."""

from dataclasses import replace

import pytest

from kith.accounts.errors import QuotaExceeded
from kith.accounts.principal import Principal
from kith.kit.db import Database
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Storage
from kith.tenants.service import Quotas, Tenants
from tests.support.clock import ManualClock

FILE = NewFile("0" * 64, "a.jpg", 1000, "image/jpeg", 10, 10, None, None, Storage.BLOB, "a")


def file(number: int) -> NewFile:
    return replace(FILE, sha256=f"{number:064}", location=str(number))


async def register(database: Database, clock: ManualClock, tenant_id: int, *numbers: int) -> None:
    async with database.write() as session:
        photos = Photos(session, Principal(tenant_id), clock)
        await photos.register(await photos.library_id(), [file(number) for number in numbers])


class TestQuotas:
    @pytest.mark.parametrize("quotas", [Quotas(photos=2), Quotas(stored_bytes=2999)])
    async def test_what_fits_is_taken_and_no_more(
        self, database: Database, clock: ManualClock, quotas: Quotas
    ) -> None:
        async with database.write() as session:
            tenant = await Tenants(session, Principal(), clock).create("studio", quotas)
        await register(database, clock, tenant.id, 1, 2, 2)
        await register(database, clock, tenant.id, 1, 2)  # what is there already needs no room
        with pytest.raises(QuotaExceeded):
            await register(database, clock, tenant.id, 3)
        await register(database, clock, 1, 3, 4, 5)  # the others' is another matter

    async def test_no_faces_no_photos(self, database: Database, clock: ManualClock) -> None:
        async with database.write() as session:
            tenant = await Tenants(session, Principal(), clock).create("studio", Quotas(faces=0))
        with pytest.raises(QuotaExceeded):
            await register(database, clock, tenant.id, 1)
