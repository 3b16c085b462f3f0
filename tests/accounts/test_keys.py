"""Keys and the keyring: what opens, for how long, and what is noted."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from kith.accounts.errors import ApiKeyMissing, KeyInvalid, KeyNotFound, KeyRevoked, TenantSuspended
from kith.accounts.keyring import Keyring
from kith.accounts.keys import Keys, NewKey, Shown
from kith.accounts.principal import Principal, Scope
from kith.accounts.tables import ApiKey
from kith.kit.db import Database
from kith.tenants.service import Quotas, Tenants
from tests.support.clock import ManualClock

OWNER = Principal()


@pytest_asyncio.fixture
async def keyring(database: Database, clock: ManualClock) -> AsyncIterator[Keyring]:
    ring = Keyring(database, clock, None)
    yield ring
    await ring.close()


async def create(database: Database, clock: ManualClock, who: Principal = OWNER, **more: object) -> Shown:
    async with database.write() as session:
        new = NewKey("laptop", more.pop("scopes", [Scope.READ]), **more)
        return await Keys(session, who, clock).create(new)


class TestCreate:
    async def test_stores_no_secret(self, database: Database, clock: ManualClock) -> None:
        shown = await create(database, clock)
        async with database.read() as session:
            key = await session.get_one(ApiKey, shown.key.id)
        assert shown.secret.startswith(key.prefix)
        assert shown.secret.rpartition(".")[2] not in str(vars(key))

    @pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb"])
    async def test_refuses_names(self, database: Database, clock: ManualClock, name: str) -> None:
        with pytest.raises(KeyInvalid):
            async with database.write() as session:
                await Keys(session, OWNER, clock).create(NewKey(name, [Scope.READ]))

    async def test_refuses_no_scope_and_what_has_expired(
        self, database: Database, clock: ManualClock
    ) -> None:
        for more in ({"scopes": []}, {"expires_at": clock.now()}, {"requests_per_minute": 0}):
            with pytest.raises(KeyInvalid):
                await create(database, clock, **more)


class TestIdentify:
    async def test_nobody_needs_a_key_while_there_is_none(self, keyring: Keyring) -> None:
        assert await keyring.identify(None) is None
        assert await keyring.identify("whatever") is None

    async def test_the_first_key_closes_the_door(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        shown = await create(database, clock, scopes=[Scope.SEARCH])
        who = await keyring.identify(shown.secret)
        assert who is not None
        assert (who.tenant_id, who.key_id, who.scopes) == (1, shown.key.id, {Scope.SEARCH})
        prefix = shown.key.prefix
        for wrong in (None, "", "x", prefix, f"{prefix}.", shown.secret[:-1], shown.secret + "x", "é.\udc80"):
            with pytest.raises(ApiKeyMissing):
                await keyring.identify(wrong)

    async def test_an_expired_key_opens_nothing_and_keeps_the_door_closed(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        shown = await create(database, clock, expires_at=clock.now() + timedelta(seconds=10))
        clock.advance(10)
        for given in (shown.secret, None):
            with pytest.raises(ApiKeyMissing):
                await keyring.identify(given)

    async def test_revoking_is_at_once(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        first, _ = await create(database, clock), await create(database, clock)
        async with database.write() as session:
            await Keys(session, OWNER, clock).revoke(first.key.id)
        with pytest.raises(ApiKeyMissing):
            await keyring.identify(first.secret)

    async def test_a_suspended_tenant_may_nothing(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        async with database.write() as session:
            tenant = await Tenants(session, OWNER, clock).create("studio", Quotas())
        shown = await create(database, clock, Principal(tenant.id))
        async with database.write() as session:
            await Tenants(session, OWNER, clock).suspend("studio")
        with pytest.raises(TenantSuspended):
            await keyring.identify(shown.secret)

    async def test_use_is_noted_once_a_minute(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        shown = await create(database, clock)
        noted = []
        for _ in range(4):
            await keyring.identify(shown.secret)
            await keyring.close()
            async with database.read() as session:
                noted.append((await session.get_one(ApiKey, shown.key.id)).last_used_at)
            clock.advance(30)
        assert noted[0] == noted[1]
        assert noted[2] == noted[3] == noted[0] + timedelta(seconds=60)


class TestRotate:
    async def test_the_old_secret_has_its_grace(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        old = await create(database, clock)
        async with database.write() as session:
            new = await Keys(session, OWNER, clock).rotate(old.key.id, timedelta(seconds=60))
        assert await keyring.identify(old.secret) == await keyring.identify(new.secret)
        clock.advance(60)
        assert await keyring.identify(new.secret) is not None
        with pytest.raises(ApiKeyMissing):
            await keyring.identify(old.secret)

    async def test_without_grace_it_ends_at_once(
        self, keyring: Keyring, database: Database, clock: ManualClock
    ) -> None:
        old = await create(database, clock)
        async with database.write() as session:
            await Keys(session, OWNER, clock).rotate(old.key.id, timedelta())
        with pytest.raises(ApiKeyMissing):
            await keyring.identify(old.secret)

    async def test_only_what_is_there_and_yours(self, database: Database, clock: ManualClock) -> None:
        shown = await create(database, clock)
        for who, key_id in ((OWNER, 99), (OWNER, 2**40), (Principal(2), shown.key.id)):
            with pytest.raises(KeyNotFound):
                async with database.write() as session:
                    await Keys(session, who, clock).rotate(key_id, timedelta())
        async with database.write() as session:
            await Keys(session, OWNER, clock).revoke(shown.key.id)
        with pytest.raises(KeyRevoked):
            async with database.write() as session:
                await Keys(session, OWNER, clock).rotate(shown.key.id, timedelta())
