"""Grouping unknown faces into persons without names: what to look at again, and which person is which."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kith.index.base import NO_PERSON, Int64, Neighbours
from kith.index.cluster import Links


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """Faces and the pairs of them that are near: a part of the radius graph nothing else touches.

    `face_ids` (n,) ascending; `links` name faces by their row there.
    """

    face_ids: Int64
    links: Links


# Given face ids: their near neighbours in scope, one answer each.
Near = Callable[[Sequence[int]], Awaitable[Sequence[Neighbours]]]
# Given persons: the ids of all their faces.
Members = Callable[[Sequence[int]], Awaitable[Sequence[int]]]


async def gather(seeds: Sequence[int], near: Near, members: Members) -> Neighbourhood:
    """Everything connected with the seeds: over near pairs, and over the groups formed before.

    Grouping these again gives what grouping the whole library again would give for them.
    """
    edges: dict[tuple[int, int], float] = {}
    seen: set[int] = set()
    groups: set[int] = set()
    frontier = sorted(set(seeds))
    while frontier:
        seen.update(frontier)
        reached: set[int] = set()
        touched: set[int] = set()
        for face_id, around in zip(frontier, await near(frontier), strict=True):
            found = zip(
                around.face_ids.tolist(), around.persons.tolist(), around.cosines.tolist(), strict=True
            )
            for other, person, cosine in found:
                if other != face_id:
                    edges[min(face_id, other), max(face_id, other)] = cosine
                    reached.add(other)
                if person != NO_PERSON:
                    touched.add(person)
        reached.update(await members(sorted(touched - groups)))
        groups |= touched
        frontier = sorted(reached - seen)
    face_ids = np.array(sorted(seen), dtype=np.int64)
    pairs = sorted(edges)
    rows = np.searchsorted(face_ids, np.array(pairs, dtype=np.int64).reshape(-1, 2)).astype(np.int32)
    cosines = np.array([edges[pair] for pair in pairs], dtype=np.float32)
    return Neighbourhood(face_ids, Links(rows[:, 0], rows[:, 1], cosines))


def keep_persons(labels: Sequence[int], current: Sequence[int]) -> Mapping[int, int]:
    """Which person each group goes on as: {label: person id}, so that ids last as groups grow.

    `current` holds the person of each face, NO_PERSON for none. A group goes on as the person it shares
    most faces with, the older one when in doubt; each person goes to one group. Others are new.
    """
    shared: dict[tuple[int, int], int] = {}
    for label, person in zip(labels, current, strict=True):
        if label >= 0 and person != NO_PERSON:
            shared[label, person] = shared.get((label, person), 0) + 1
    kept: dict[int, int] = {}
    taken: set[int] = set()
    for label, person in sorted(shared, key=lambda pair: (-shared[pair], pair[1], pair[0])):
        if label not in kept and person not in taken:
            kept[label] = person
            taken.add(person)
    return kept
