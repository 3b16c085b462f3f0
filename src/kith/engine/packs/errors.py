"""What can go wrong with packs.

InvalidInput ── PackInvalid, PackDigestMismatch, PackUnpinned
Forbidden ── PackLicenseNotAccepted
NotFound ── PackNotFound
Conflict ── PackInUse, PackPinned
Unavailable ── PackDownloadFailed, PackStorageFailed
"""

from kith.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable


class PackInvalid(InvalidInput):
    code = "pack_invalid"
    title = "This is not a pack Kith can use"


class PackDigestMismatch(InvalidInput):
    code = "pack_digest_mismatch"
    title = "A file of the pack is not the one it should be"


class PackUnpinned(InvalidInput):
    code = "pack_unpinned"
    title = "A file from the network needs a known SHA-256"


class PackLicenseNotAccepted(Forbidden):
    code = "pack_license_not_accepted"
    title = "The pack's licence has to be accepted first"


class PackNotFound(NotFound):
    code = "pack_not_found"
    title = "There is no such pack"


class PackInUse(Conflict):
    code = "pack_in_use"
    title = "The pack is in use"


class PackDownloadFailed(Unavailable):
    code = "pack_download_failed"
    title = "The pack could not be downloaded"


class PackStorageFailed(Unavailable):
    code = "pack_storage_failed"
    title = "The folder of packs cannot be read or written"


class PackPinned(Conflict):
    code = "pack_pinned"
    title = "The settings say which pack is used"
