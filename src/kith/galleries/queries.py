"""The statements about galleries."""

from sqlalchemy import Select, select

from kith.accounts.principal import Principal, visible_to
from kith.galleries.tables import Gallery


def gallery(who: Principal, gallery_id: int) -> Select[Gallery]:
    return visible_to(select(Gallery).where(Gallery.id == gallery_id), Gallery, who)
