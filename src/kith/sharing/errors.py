"""What can go wrong with galleries that are shared.

NotFound ── ShareNotFound
Conflict ── GalleryExpired, ShareExpired
InvalidInput ── ExpiryInvalid
Forbidden ── PasswordWrong, ConsentMissing, DownloadsOff
Unauthenticated ── GuestUnknown
"""

from kith.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated


class GalleryExpired(Conflict):
    code = "gallery_expired"
    title = "The gallery's time is over"


class ShareExpired(Conflict):
    code = "share_expired"
    title = "The link's time is over"


class ShareNotFound(NotFound):
    code = "share_not_found"
    title = "There is no such link"


class ExpiryInvalid(InvalidInput):
    code = "expiry_invalid"
    title = "That is no time to come"


class PasswordWrong(Forbidden):
    code = "password_wrong"
    title = "The password is not right"


class ConsentMissing(Forbidden):
    code = "consent_missing"
    title = "Nobody is looked for without their consent"


class DownloadsOff(Forbidden):
    code = "downloads_off"
    title = "This link is for looking only"


class GuestUnknown(Unauthenticated):
    code = "guest_unknown"
    title = "The link has to be entered first"
