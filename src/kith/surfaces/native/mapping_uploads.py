"""From our words to the wire's: uploads."""

from kith.photos.uploading import NewUpload, Progress, Uploaded
from kith.surfaces.native import wire_uploads as wire
from kith.surfaces.uploads import picture_name


def new_upload(body: wire.UploadIn) -> NewUpload:
    return NewUpload(picture_name(body.name), body.size_bytes, body.sha256, body.modified_at, body.gallery_id)


def upload(it: Progress | Uploaded) -> wire.UploadOut | wire.UploadedOut:
    if isinstance(it, Uploaded):
        return wire.UploadedOut(outcome=it.outcome, photo_id=it.photo_id)
    return wire.UploadOut(upload_id=it.upload_id, offset=it.offset, size_bytes=it.size_bytes)
