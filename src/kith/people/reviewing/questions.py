"""Is this the same person? The questions that wait, those that settle most faces first."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from kith.accounts.principal import Principal
from kith.errors import AppError
from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition
from kith.index.base import Float32, Scope
from kith.kit import cursors
from kith.kit.db import ReadSession
from kith.people.browsing.persons import PersonTile, read_tiles
from kith.people.reviewing import queries
from kith.people.reviewing.errors import QuestionNotFound
from kith.people.reviewing.queries import FACES_SHOWN

MAX_QUESTIONS = 50
# Groups whose nearest person is looked up although nothing is suggested for them.
_LOOKED_UP = 30
_PROBES = 3
# How long an answer takes where nothing is known, and what is taken for a pause.
SECONDS_EACH = 4.0
_PAUSE = 60.0
_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about: a person, and either single faces or a whole group without a name."""

    person_id: int
    group_id: int | None
    face_ids: tuple[int, ...]

    @property
    def question_id(self) -> str:
        if self.group_id is not None:
            return cursors.encode("group", self.person_id, self.group_id)
        return cursors.encode("faces", self.person_id, *self.face_ids)


@dataclass(frozen=True, slots=True)
class AskedFace:
    face_id: int
    photo_id: int
    sha256: str
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Question:
    """Whether these faces, or the group they are the best of, are the person; `settles` so many faces."""

    asked: Asked
    person: PersonTile
    faces: list[AskedFace]
    settles: int
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The first questions, and how many questions and faces wait in all."""

    questions: list[Question]
    question_count: int
    face_count: int
    seconds_each: float


@dataclass(frozen=True, slots=True)
class _Draft:
    asked: Asked
    settles: int
    similarity: float | None


def read_question(question_id: str) -> Asked:
    """Raises QuestionNotFound for what is no question."""

    def asked(values: list[object]) -> Asked:
        kind, *ids = values
        person_id, *others = (cursors.key_only([it])[0] for it in ids)
        if kind == "group" and len(others) == 1:
            return Asked(person_id, others[0], ())
        if kind == "faces" and 0 < len(others) <= FACES_SHOWN:
            return Asked(person_id, None, tuple(others))
        raise ValueError(kind)

    try:
        return cursors.decode(question_id, asked)
    except AppError as error:
        raise QuestionNotFound("there is no such question") from error


async def read_queue(
    recognition: Recognition | None, session: ReadSession, who: Principal, limit: int,
    skipped: Collection[str] = (), *, min_similarity: float = 0.5,
) -> Queue:  # fmt: skip
    """The first `limit` questions but for those `skipped`.

    With a recognition, large groups that nothing is suggested for are compared with everybody who has a name.
    """
    groups = [
        _Draft(Asked(row[1] or 0, row[0], ()), row[2], row[3])
        for row in await session.execute(queries.group_counts(who))
    ]
    if recognition is not None:
        known = {draft.asked.group_id for draft in groups}
        groups += await _alike(recognition, session, who, known, min_similarity)
    counts = {row[0] or 0: row[1] for row in await session.execute(queries.single_counts(who))}
    questions = sum(-(-count // FACES_SHOWN) for count in counts.values()) + len(groups)
    faces = sum(counts.values()) + sum(draft.settles for draft in groups)
    wanted = limit + len(skipped)
    groups.sort(key=lambda it: (-it.settles, it.asked.group_id or 0))
    singles, shown = await _singles(session, list(counts)[:wanted], wanted)
    drafts = sorted([*groups[:wanted], *singles], key=lambda it: (-it.settles, it.asked.question_id))
    chosen = [it for it in drafts if it.asked.question_id not in skipped][:limit]
    asked = await _fill(session, who, chosen, shown)
    return Queue(asked, questions, faces, await _pace(session, who))


async def _singles(
    session: ReadSession, person_ids: Sequence[int], limit: int
) -> tuple[list[_Draft], dict[int, AskedFace]]:
    """Suggested faces by the dozen, and each of them by its id."""
    batches: dict[tuple[int, int], list[AskedFace]] = {}
    rows = await session.execute(queries.singles(person_ids, FACES_SHOWN * limit))
    for person_id, place, face_id, photo_id, sha256, similarity in rows:
        batch = (person_id, (place - 1) // FACES_SHOWN)
        batches.setdefault(batch, []).append(AskedFace(face_id, photo_id, sha256, similarity))
    drafts = [
        _Draft(Asked(person_id, None, tuple(it.face_id for it in faces)), len(faces), _mean(faces))
        for (person_id, _), faces in batches.items()
    ]
    return drafts, {it.face_id: it for faces in batches.values() for it in faces}


async def _fill(
    session: ReadSession, who: Principal, drafts: Sequence[_Draft], singles: Mapping[int, AskedFace]
) -> list[Question]:
    tiles = await read_tiles(session, who, sorted({it.asked.person_id for it in drafts}))
    ids = sorted({it.asked.group_id for it in drafts if it.asked.group_id is not None})
    groups: dict[int, list[AskedFace]] = {}
    for group_id, face_id, photo_id, sha256, similarity in await session.execute(
        queries.best_of(ids, FACES_SHOWN)
    ):
        groups.setdefault(group_id or 0, []).append(AskedFace(face_id, photo_id, sha256, similarity))
    return [
        Question(
            it.asked, tiles[it.asked.person_id],
            groups.get(it.asked.group_id, []) if it.asked.group_id is not None
            else [singles[face_id] for face_id in it.asked.face_ids],
            it.settles, it.similarity,
        )
        for it in drafts if it.asked.person_id in tiles
    ]  # fmt: skip


async def _alike(
    recognition: Recognition, session: ReadSession, who: Principal, known: Collection[int | None],
    min_similarity: float,
) -> list[_Draft]:  # fmt: skip
    """Large groups that are probably somebody who has a name, though no face of theirs is suggested to be."""
    named = frozenset((await session.scalars(queries.named(who))).all())
    largest = (await session.scalars(queries.largest_groups(who, _LOOKED_UP))).all()
    group_ids = [it for it in largest if it not in known]
    if not named or not group_ids:
        return []
    probes = [(row[0], row[1]) for row in await session.execute(queries.best_of(group_ids, _PROBES))]
    vectors = await embeddings_of(session, recognition.space_id, [face_id for _, face_id in probes])
    seen = [(group_id or 0, vectors[face_id]) for group_id, face_id in probes if face_id in vectors]
    if not seen:
        return []
    nearest = await _nearest(recognition, who, named, seen, min_similarity)
    barred = {(row[0], row[1]) for row in await session.execute(queries.rejected(group_ids))}
    best = [(group_id, *max(found.items(), key=lambda it: it[1])) for group_id, found in nearest.items()]
    sizes = await read_tiles(session, who, [group_id for group_id, _, _ in best])
    return [
        _Draft(Asked(person_id, group_id, ()), sizes[group_id].face_count, similarity)
        for group_id, person_id, similarity in best
        if (group_id, person_id) not in barred and group_id in sizes
    ]


async def _nearest(
    recognition: Recognition, who: Principal, named: frozenset[int],
    probes: Sequence[tuple[int, Float32]], min_similarity: float,
) -> dict[int, dict[int, float]]:  # fmt: skip
    """{group: {person: similarity}} over the probes of each group that are alike enough."""
    calibration = recognition.calibration
    found: dict[int, dict[int, float]] = {}
    stacked = np.stack([vector for _, vector in probes])
    scope, floor = Scope(who.tenant_id, persons=named), calibration.cosine(min_similarity)
    answers = await recognition.search_persons(stacked, scope, 1, floor)
    for (group_id, _), near in zip(probes, answers, strict=True):
        for person_id, similarity in zip(
            near.persons.tolist(), calibration.similarity(near.cosines).tolist(), strict=True
        ):
            here = found.setdefault(group_id, {})
            here[person_id] = max(similarity, here.get(person_id, 0.0))
    return found


async def _pace(session: ReadSession, who: Principal) -> float:
    """Seconds an answer takes this user, from their last ones; pauses aside."""
    moments = (await session.scalars(queries.last_answers(who, _ANSWERS))).all()
    gaps = [(later - earlier).total_seconds() for later, earlier in itertools.pairwise(moments)]
    answered = [gap for gap in gaps if gap <= _PAUSE]
    return min(max(median(answered), 1.0), 30.0) if len(answered) >= 5 else SECONDS_EACH


def _mean(faces: Sequence[AskedFace]) -> float | None:
    known = [it.similarity for it in faces if it.similarity is not None]
    return fmean(known) if known else None
