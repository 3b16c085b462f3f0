"""Working out who the faces that wait are: matched with known people, or grouped with each other."""

from kith.faces.recognition import Recognition
from kith.index.base import Scope
from kith.kit.db import ReadSession
from kith.people import queries
from kith.people.identification.doubting import Doubting
from kith.people.identification.plan import IdentifyConfig, Plan
from kith.people.identification.reading import Reading
from kith.people.identification.recognising import Recognising
from kith.people.identification.regrouping import Regrouping

# Faces taken up at once; the rest wait for the next job, so that no transaction grows without bound.
FACES = 20_000


async def think(
    recognition: Recognition, session: ReadSession, tenant_id: int, config: IdentifyConfig
) -> Plan:
    """Read what waits and find out whose faces they are; writes nothing."""
    plan = Plan()
    reading = Reading(recognition, session, tenant_id, plan)
    recognising, regrouping = Recognising(reading, config), Regrouping(reading, config)
    await reading.begin(FACES)
    doubted = await Doubting(reading, config).doubt()
    if doubted:
        # They must vote for nobody any more; the next job looks at them with all that waits.
        await reading.load(doubted)
        return Plan(read={it: plan.read[it] for it in doubted}, doubted=doubted, is_partial=True)
    await recognising.recall()
    by_gallery: dict[int, list[int]] = {}
    for standing in (plan.read[face_id] for face_id in recognising.candidates()):
        by_gallery.setdefault(standing.photo.gallery_id, []).append(standing.face.id)
    galleries = await session.scalars(queries.grouped_galleries(sorted(by_gallery)))
    for gallery in galleries.all():
        face_ids, scope = by_gallery[gallery.id], Scope(tenant_id, gallery.id)
        matched = await recognising.recognise(face_ids, scope)
        await regrouping.regroup(face_ids, matched, scope, gallery.group_capacity)
    return plan
