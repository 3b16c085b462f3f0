from collections.abc import Sequence

import numpy as np

from kith.index.base import Neighbours
from kith.people.grouping import gather, keep_persons


class TestGather:
    async def test_nothing(self) -> None:
        around = await gather([], self._near({}), self._members({}))
        assert len(around.face_ids) == len(around.links) == 0

    async def test_follows_near_pairs_to_the_end(self) -> None:
        pairs = {1: [2], 2: [1, 3], 3: [2], 8: [9], 9: [8]}
        around = await gather([1], self._near(pairs), self._members({}))
        assert around.face_ids.tolist() == [1, 2, 3]
        assert list(zip(around.links.rows.tolist(), around.links.cols.tolist(), strict=True)) == [
            (0, 1),
            (1, 2),
        ]

    async def test_takes_in_whole_groups(self) -> None:
        """A face that joined its group from further away has no near pair that leads to it."""
        around = await gather([1], self._near({1: [2], 2: [1]}, {2: 7}), self._members({7: [2, 5]}))
        assert around.face_ids.tolist() == [1, 2, 5]

    def _near(self, pairs: dict[int, list[int]], persons: dict[int, int] | None = None):
        async def near(face_ids: Sequence[int]) -> list[Neighbours]:
            found = [pairs.get(face_id, []) for face_id in face_ids]
            return [
                Neighbours(
                    np.array(ids, dtype=np.int64),
                    np.array([(persons or {}).get(face_id, 0) for face_id in ids], dtype=np.int64),
                    np.full(len(ids), 0.9, dtype=np.float32),
                )
                for ids in found
            ]

        return near

    def _members(self, groups: dict[int, list[int]]):
        async def members(person_ids: Sequence[int]) -> list[int]:
            return [face_id for person_id in person_ids for face_id in groups[person_id]]

        return members


class TestKeepPersons:
    def test_new_groups(self) -> None:
        assert keep_persons([0, 0, 1], [0, 0, 0]) == {}

    def test_a_group_goes_on_as_who_it_was(self) -> None:
        assert keep_persons([0, 0, 0], [5, 5, 0]) == {0: 5}

    def test_joined_groups_go_on_as_the_larger(self) -> None:
        assert keep_persons([0, 0, 0], [5, 6, 6]) == {0: 6}

    def test_a_person_goes_to_the_larger_part(self) -> None:
        assert keep_persons([0, 1, 1], [5, 5, 5]) == {1: 5}

    def test_the_older_when_in_doubt(self) -> None:
        assert keep_persons([0, 0], [6, 5]) == {0: 5}

    def test_noise_keeps_nobody(self) -> None:
        assert keep_persons([-1, -1], [5, 5]) == {}
