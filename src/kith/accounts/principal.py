"""Who is asking, and the one function that applies ownership to a query."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnExpressionArgument, Delete, Select, Update
from sqlalchemy.orm import InstrumentedAttribute

DEFAULT_TENANT_ID = 1
DEFAULT_TENANT = "default"

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]] | Update | Delete)


class Scope(StrEnum):
    """What a key may do: look, add photos, search by faces, decide about people, administer its tenant."""

    READ = "read"
    INDEX = "index"
    SEARCH = "search"
    MANAGE = "manage"
    ADMIN = "admin"


EVERYTHING = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Principal:
    """The tenant whose data may be seen, and the name under which decisions are recorded.

    `key_id` is the key that was shown, with the rate it is allowed; None on the command line, without
    any keys, and for the key that a setting holds.
    """

    tenant_id: int = DEFAULT_TENANT_ID
    actor: str = "owner"
    scopes: frozenset[Scope] = EVERYTHING
    key_id: int | None = None
    requests_per_minute: int | None = None

    def may(self, scope: Scope) -> bool:
        """Whether it may do what asks for a scope; `admin` stands for all of them."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    @property
    def is_guest(self) -> bool:
        """Whether it has shown no key, where none is needed: then its tenant says nothing."""
        return not self.scopes

    @property
    def is_operator(self) -> bool:
        """Whether it may do what concerns all tenants."""
        return self.tenant_id == DEFAULT_TENANT_ID and self.may(Scope.ADMIN)


class Owned(Protocol):
    """A table whose rows belong to a tenant."""

    tenant_id: InstrumentedAttribute[int] | Any


def visible_to(statement: Statement, table: type[Owned], who: Principal) -> Statement:
    """Only the rows of `table` that belong to the tenant of `who`."""
    condition: ColumnExpressionArgument[bool] = table.tenant_id == who.tenant_id
    return statement.where(condition)
