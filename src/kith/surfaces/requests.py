"""What routes ask for: the runtime, a session that commits before the answer leaves, who is asking."""

from collections.abc import AsyncGenerator
from typing import Annotated, cast

from fastapi import Depends, Query, Request

from kith.accounts.principal import Principal
from kith.kit.db import ReadSession, WriteSession
from kith.kit.pages import Page
from kith.runtime import Runtime
from kith.surfaces.access import principal_of

# What an integer key of the database can be.
MAX_ID = 2**31 - 1


async def runtime_of(request: Request) -> Runtime:
    return cast("Runtime", request.state.runtime)


Kith = Annotated[Runtime, Depends(runtime_of)]


async def _read(kith: Kith) -> AsyncGenerator[ReadSession]:
    async with kith.db.read() as session:
        yield session


async def _write(kith: Kith) -> AsyncGenerator[WriteSession]:
    async with kith.db.write() as session:
        yield session


# With any other scope the commit would come after the answer, which then could only be wrong.
Reading = Annotated[ReadSession, Depends(_read, scope="function")]
Writing = Annotated[WriteSession, Depends(_write, scope="function")]


async def _who(request: Request) -> Principal:
    return principal_of(request.scope)


Who = Annotated[Principal, Depends(_who)]


async def _page(
    skip: Annotated[int, Query(ge=0, le=MAX_ID, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, description="How many to list; never more than 1,000.")] = 100,
) -> Page:
    return Page(skip, limit)


Listed = Annotated[Page, Depends(_page)]
