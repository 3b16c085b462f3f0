"""The statements about answers that are kept."""

from datetime import datetime

from sqlalchemy import Delete, Select, delete, select

from kith.accounts.principal import Principal, visible_to
from kith.idempotency.tables import KeptAnswer


def kept(who: Principal, key: str) -> Select[KeptAnswer]:
    return visible_to(select(KeptAnswer).where(KeptAnswer.key == key), KeptAnswer, who)


def kept_before(moment: datetime) -> Delete:
    """Answers of all tenants that are from this moment, or earlier."""
    return delete(KeptAnswer).where(KeptAnswer.created_at <= moment)
