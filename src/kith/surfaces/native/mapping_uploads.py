"""From our words to the wire's: uploads."""

from kith.accounts.principal import Principal
from kith.photos.aside import Aside
from kith.photos.uploading import NewUpload, Progress, Uploaded, Uploads
from kith.runtime import Runtime
from kith.surfaces.native import wire_uploads as wire
from kith.surfaces.uploads import picture_name


def uploads(kith: Runtime, who: Principal) -> Uploads:
    return Uploads(
        kith.db, kith.blobs, kith.clock, who, aside=Aside(kith.settings.uploads_folder),
        decoding=kith.decoding, limits=kith.limits,
    )  # fmt: skip


def new_upload(body: wire.UploadIn) -> NewUpload:
    return NewUpload(picture_name(body.name), body.size_bytes, body.sha256, body.modified_at, body.gallery_id)


def upload(it: Progress | Uploaded) -> wire.UploadOut | wire.UploadedOut:
    if isinstance(it, Uploaded):
        return wire.UploadedOut(outcome=it.outcome, photo_id=it.photo_id)
    return wire.UploadOut(upload_id=it.upload_id, offset=it.offset, size_bytes=it.size_bytes)
