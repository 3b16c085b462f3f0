"""The statements about batches."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Select, Update, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.dml import ReturningDelete

from kith.accounts.principal import Principal, visible_to
from kith.batches.tables import OPEN, Batch, BatchItem, BatchState, ItemState
from kith.kit.pages import Page


def batch(who: Principal, uuid: UUID) -> Select[Batch]:
    return visible_to(select(Batch).where(Batch.uuid == uuid), Batch, who)


def held(batch_id: int) -> Select[Batch]:
    """A batch of anybody, for the worker; nobody else changes it until the asker has committed."""
    return _held(select(Batch).where(Batch.id == batch_id))


def held_by_uuid(who: Principal, uuid: UUID) -> Select[Batch]:
    return _held(batch(who, uuid))


def row(batch_id: int) -> Select[Batch]:
    """A batch of anybody, for the worker."""
    return select(Batch).where(Batch.id == batch_id)


def newest(who: Principal, page: Page) -> Select[Batch]:
    return visible_to(select(Batch).order_by(Batch.id.desc()), Batch, who).offset(page.skip).limit(page.limit)


def count(who: Principal) -> Select[int]:
    return visible_to(select(func.count()).select_from(Batch), Batch, who)


def progress(who: Principal) -> Select[int, datetime, int, int, int, int]:
    """How many batches there are and when one last changed; how many are open, and how far those are."""
    is_open = Batch.state.in_(OPEN)

    def of_open(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
        return func.coalesce(func.sum(column).filter(is_open), 0)

    stmt = select(
        func.count(), func.max(Batch.updated_at), func.count().filter(is_open),
        of_open(Batch.total), of_open(Batch.processed), of_open(Batch.failed),
    )  # fmt: skip
    return visible_to(stmt, Batch, who)


def waiting(batch_id: int, share: int, limit: int) -> Select[BatchItem]:
    """The next items of a share, in their order."""
    return (
        select(BatchItem)
        .where(BatchItem.batch_id == batch_id, BatchItem.share == share, BatchItem.state == ItemState.WAITING)
        .order_by(BatchItem.position)
        .limit(limit)
    )


def waiting_item(item_id: int) -> Select[BatchItem]:
    return select(BatchItem).where(BatchItem.id == item_id, BatchItem.state == ItemState.WAITING)


def failures(batch_ids: Sequence[int], shown: int) -> Select[BatchItem]:
    """The items that failed, of each batch the first so many."""
    rank = func.row_number().over(partition_by=BatchItem.batch_id, order_by=BatchItem.position)
    ranked = (
        select(BatchItem.id, rank.label("rank"))
        .where(BatchItem.batch_id.in_(batch_ids), BatchItem.state == ItemState.FAILED)
        .subquery()
    )
    ids = select(ranked.c.id).where(ranked.c.rank <= shown)
    return select(BatchItem).where(BatchItem.id.in_(ids)).order_by(BatchItem.batch_id, BatchItem.position)


def addresses(batch_ids: Sequence[int], shown: int) -> Select[int, str]:
    """(batch, address of an item), in the order they were sent."""
    return (
        select(BatchItem.batch_id, BatchItem.url)
        .where(BatchItem.batch_id.in_(batch_ids), BatchItem.position < shown)
        .order_by(BatchItem.batch_id, BatchItem.position)
    )


def items(batch_id: int) -> Select[BatchItem]:
    return select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.position)


def count_failed_with(batch_id: int, codes: Sequence[str]) -> Select[int]:
    return select(func.count()).where(BatchItem.batch_id == batch_id, BatchItem.error_code.in_(codes))


def begin(batch_id: int, now: datetime) -> Update:
    return (
        update(Batch)
        .where(Batch.id == batch_id, Batch.state == BatchState.CREATED)
        .values(state=BatchState.PROCESSING, updated_at=now)
    )


def cancel_waiting(batch_id: int, now: datetime) -> Update:
    return (
        update(BatchItem)
        .where(BatchItem.batch_id == batch_id, BatchItem.state == ItemState.WAITING)
        .values(state=ItemState.CANCELLED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def kept(batch_id: int, item_ids: Sequence[int] | None, limit: int) -> Select[BatchItem]:
    """Items that are done with and whose bytes still wait, among some or (None) in all of the batch."""
    stmt = select(BatchItem).where(
        BatchItem.batch_id == batch_id, BatchItem.kept_as.is_not(None), BatchItem.state != ItemState.WAITING
    )
    if item_ids is not None:
        stmt = stmt.where(BatchItem.id.in_(item_ids))
    return stmt.order_by(BatchItem.id).limit(limit)


def let_go(item_ids: Sequence[int]) -> Update:
    return update(BatchItem).where(BatchItem.id.in_(item_ids)).values(kept_as=None)


def ended_before(moment: datetime) -> Delete:
    """Batches of all tenants that ended earlier, but for those of which bytes are still kept."""
    kept_bytes = select(BatchItem.id).where(BatchItem.batch_id == Batch.id, BatchItem.kept_as.is_not(None))
    return (
        delete(Batch)
        .where(Batch.ended_at < moment, ~kept_bytes.exists())
        .execution_options(synchronize_session=False)
    )


def cleaned_up(who: Principal, moment: datetime) -> ReturningDelete[int]:
    """As above, of one tenant; answers their ids."""
    return visible_to(ended_before(moment), Batch, who).returning(Batch.id)


def _held(statement: Select[Batch]) -> Select[Batch]:
    return statement.with_for_update().execution_options(populate_existing=True)
