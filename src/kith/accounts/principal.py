"""Who is asking, and the one function that applies ownership to a query."""

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnExpressionArgument, Delete, Select, Update
from sqlalchemy.orm import InstrumentedAttribute

DEFAULT_TENANT_ID = 1
DEFAULT_TENANT = "default"

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]] | Update | Delete)


@dataclass(frozen=True, slots=True)
class Principal:
    """The tenant whose data may be seen, and the name under which decisions are recorded."""

    tenant_id: int = DEFAULT_TENANT_ID
    actor: str = "owner"


class Owned(Protocol):
    """A table whose rows belong to a tenant."""

    tenant_id: InstrumentedAttribute[int] | Any


def visible_to(statement: Statement, table: type[Owned], who: Principal) -> Statement:
    """Only the rows of `table` that belong to the tenant of `who`."""
    condition: ColumnExpressionArgument[bool] = table.tenant_id == who.tenant_id
    return statement.where(condition)
