"""Enrolling identities, verifying them, and searching only after that.

The rule of no leaks: as long as a probe has not been verified, no index is searched and nothing of what is
stored is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kith.accounts.principal import Principal
from kith.audit.tables import AuditAction
from kith.engine.faces import Faces as FoundFaces
from kith.enrolment.errors import IdentityNotEnrolled
from kith.enrolment.identities import Identities, Template, find_identity, read_centroid
from kith.errors import AppError, Busy, Unavailable
from kith.faces.hits import Hit, similar_faces
from kith.runtime import Runtime
from kith.surfaces.vectors.errors import ImagesTooFew
from kith.surfaces.vectors.pictures import Looked, look_at
from kith.surfaces.vectors.probing import decoded, faces_of, reason_against

MIN_IMAGES = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody is said to be an identity; from `threshold` on they are."""

    identity_id: str
    image: str
    threshold: float
    top: int
    min_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` says why it is not them, None if it is. `hits` are their faces, and only then any."""

    similarity: float = 0.0
    reason: dict[str, object] | None = None
    hits: list[Hit] = field(default_factory=list[Hit])

    @property
    def is_verified(self) -> bool:
        return self.reason is None


async def enrol(
    kith: Runtime, who: Principal, identity_id: str, images: Sequence[str], *, overwrite: bool
) -> int:
    """Know an identity by pictures that show one good face each; how many. Raises ImagesTooFew."""
    looked, failed = await _look_at_all(kith, images)
    if len(looked) < MIN_IMAGES:
        raise ImagesTooFew(
            f"at least {MIN_IMAGES} different pictures must show one good face each",
            num_valid=len(looked), min_required=MIN_IMAGES, failed_images=failed,
        )  # fmt: skip
    templates = [Template(it.file, it.found, 0) for it in looked]
    async with kith.db.write() as session:
        identities = Identities(session, who, kith.clock, kith.blobs, looked[0].recognition.space_id)
        stored = await identities.enrol(identity_id, templates, overwrite=overwrite)
        for it, indexed in zip(looked, stored, strict=True):
            await it.keep(kith.blobs)
            indexed.photo.phash = it.derived.phash
    return len(looked)


async def require_enrolled(kith: Runtime, who: Principal, identity_id: str) -> None:
    """Raises IdentityNotEnrolled."""
    async with kith.db.read() as session:
        if await find_identity(session, who, identity_id) is None:
            raise IdentityNotEnrolled("no such identity is enrolled", identity_id=identity_id)


async def verify(kith: Runtime, who: Principal, claim: Claim) -> Verdict:
    """Whether the probe shows the identity, and only if it does, where else that was seen."""
    verdict = await _verified(kith, who, claim)
    result = "ok" if verdict.reason is None else str(verdict.reason["error"])
    await kith.note(who, AuditAction.SEARCH, "identity", result=result, counts={"results": len(verdict.hits)})
    return verdict


async def _verified(kith: Runtime, who: Principal, claim: Claim) -> Verdict:
    try:
        found = await faces_of(kith, decoded(claim.image))
    except (Busy, Unavailable):
        raise
    except AppError as error:
        return Verdict(reason={"error": "invalid_image", "message": error.detail})
    against = reason_against(found, kith.settings.identity.seed_quality)
    if against is not None:
        return Verdict(
            reason={"error": "no_usable_face", "reasons": [against], "num_faces_detected": len(found)}
        )
    recognition = await kith.recognition()
    async with kith.db.read() as session:
        identity = await find_identity(session, who, claim.identity_id)
        space_id = recognition.space_id
        centroid = await read_centroid(session, identity, space_id) if identity is not None else None
    if identity is None or centroid is None:
        return Verdict(reason={"error": "identity_not_found"})
    cosine = float(np.dot(found.embeddings[0], centroid))
    similarity = float(recognition.calibration.similarity(cosine))
    if similarity < claim.threshold:
        return Verdict(similarity, {"error": "low_similarity"})
    return Verdict(similarity, hits=await _sightings_of(kith, who, claim, identity.person_id, found))


async def _sightings_of(
    kith: Runtime, who: Principal, claim: Claim, person_id: int, found: FoundFaces
) -> list[Hit]:
    recognition = await kith.recognition()
    async with kith.db.read() as session:
        return await similar_faces(
            recognition, session, who, found.embeddings[0], top=claim.top,
            min_similarity=claim.min_score, persons=frozenset({person_id}),
        )  # fmt: skip


async def _look_at_all(kith: Runtime, images: Sequence[str]) -> tuple[list[Looked], list[dict[str, object]]]:
    """Different pictures of one good face each, and what is wrong with the others."""
    looked: dict[str, Looked] = {}
    failed: list[dict[str, object]] = []
    for at, image in enumerate(images):
        try:
            it = await look_at(kith, decoded(image), None)
            reason = reason_against(it.found, kith.settings.identity.seed_quality)
        except (Busy, Unavailable):
            raise
        except AppError as error:
            failed.append({"index": at, "reason": error.code})
            continue
        if reason is None and it.file.sha256 in looked:
            reason = "duplicate"
        if reason is not None:
            failed.append({"index": at, "reason": reason})
            continue
        looked[it.file.sha256] = it
    return list(looked.values()), failed
