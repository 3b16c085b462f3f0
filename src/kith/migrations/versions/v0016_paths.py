"""Paths in the addresses of images as they are asked for: decoded

Revision: 0016
"""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rewrite(lambda path: unquote(path).replace("\0", ""))


def downgrade() -> None:
    _rewrite(lambda path: path)


def _rewrite(written: Callable[[str], str]) -> None:
    """Only an address with a `%` has a path that decoding changes."""
    images = sa.table("gallery_images", sa.column("id"), sa.column("image_url"), sa.column("url_path"))
    connection = op.get_bind()
    encoded = images.c.image_url.contains("%", autoescape=True) & (images.c.url_path != "")
    for image_id, url in connection.execute(sa.select(images.c.id, images.c.image_url).where(encoded)).all():
        path = written(urlsplit(url).path).lstrip("/")
        connection.execute(sa.update(images).where(images.c.id == image_id).values(url_path=path))
