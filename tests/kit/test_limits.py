"""Counting requests: here, in Redis for several processes, and while Redis is away."""

import asyncio
from pathlib import Path

import structlog

from kith.kit.limits import Allowance, MemoryLimiter, RedisLimiter
from tests.support.redis import redis_server

TWO, SIX = Allowance("a", 2), Allowance("b", 6)
BUCKET, FOUR_AN_HOUR = Allowance("c", 3, 1.5), Allowance("d", 4, 3600)


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestMemory:
    async def test_lets_in_so_many_a_minute(self) -> None:
        limiter = MemoryLimiter(Seconds())
        verdicts = [await limiter.take([TWO]) for _ in range(3)]
        assert [it.is_allowed for it in verdicts] == [True, True, False]
        assert [it.remaining for it in verdicts] == [1, 0, 0]
        assert verdicts[2].wait_seconds == 30

    async def test_time_gives_room_at_an_even_pace(self) -> None:
        seconds = Seconds()
        limiter = MemoryLimiter(seconds)
        for _ in range(3):
            await limiter.take([TWO])
        seconds.now += 30
        assert [(await limiter.take([TWO])).is_allowed for _ in range(2)] == [True, False]
        seconds.now += 3600
        assert [(await limiter.take([TWO])).is_allowed for _ in range(3)] == [True, True, False]

    async def test_who_is_refused_by_one_is_charged_by_none(self) -> None:
        limiter = MemoryLimiter(Seconds())
        assert [(await limiter.take([TWO, SIX])).is_allowed for _ in range(9)].count(True) == 2
        assert (await limiter.take([SIX])).remaining == 3

    async def test_any_span(self) -> None:
        """Three at once, and one every half a second."""
        seconds = Seconds()
        limiter = MemoryLimiter(seconds)
        verdicts = [await limiter.take([BUCKET]) for _ in range(4)]
        assert [it.remaining for it in verdicts] == [2, 1, 0, 0]
        assert [it.reset_seconds for it in verdicts] == [0.5, 1, 1.5, 1.5]
        assert [it.wait_seconds for it in verdicts] == [0, 0, 0, 0.5]
        seconds.now += 0.5
        assert [(await limiter.take([BUCKET])).is_allowed for _ in range(2)] == [True, False]

    async def test_tells_of_the_one_that_refuses_or_is_nearest_its_end(self) -> None:
        seconds = Seconds()
        limiter = MemoryLimiter(seconds)
        limits: list[int] = []
        for _ in range(3):
            verdict = await limiter.take([BUCKET, FOUR_AN_HOUR])
            assert verdict.is_allowed
            limits.append(verdict.limit)
        assert limits == [3, 3, 3]
        assert (await limiter.take([BUCKET, FOUR_AN_HOUR])).allowance is BUCKET
        seconds.now += 60
        assert (await limiter.take([BUCKET, FOUR_AN_HOUR])).allowance is FOUR_AN_HOUR
        refused = await limiter.take([BUCKET, FOUR_AN_HOUR])
        assert (refused.allowance, refused.wait_seconds, refused.reset_seconds) == (FOUR_AN_HOUR, 840, 3540)


class TestRedis:
    async def test_any_span(self, tmp_path: Path) -> None:
        slow = Allowance("slow", 3, 3000)
        with redis_server(tmp_path) as server:
            limiter = RedisLimiter(server.url)
            verdicts = [await limiter.take([SIX, slow]) for _ in range(4)]
            assert [it.remaining for it in verdicts] == [2, 1, 0, 0]
            assert [it.allowance for it in verdicts] == [slow] * 4
            assert 990 < verdicts[3].wait_seconds <= 1000
            assert 2990 < verdicts[3].reset_seconds <= 3000
            assert (await limiter.take([SIX])).remaining == 2
            await limiter.close()

    async def test_counts_for_all_together(self, tmp_path: Path) -> None:
        with redis_server(tmp_path) as server:
            limiters = [RedisLimiter(server.url) for _ in range(2)]
            taken = await asyncio.gather(*(it.take([SIX]) for it in limiters for _ in range(5)))
            refused = [it for it in taken if not it.is_allowed]
            assert len(refused) == 4
            assert all(0 < it.wait_seconds <= 10 for it in refused)
            assert (await limiters[0].take([TWO])).remaining == 1
            assert not (await limiters[0].take([TWO, SIX])).is_allowed
            assert (await limiters[1].take([TWO])).remaining == 0
            for it in limiters:
                await it.close()

    async def test_while_it_is_away_each_counts_alone_and_says_so(self, tmp_path: Path) -> None:
        seconds = Seconds()
        with redis_server(tmp_path) as server:
            limiter = RedisLimiter(server.url, seconds)
            assert (await limiter.take([TWO])).is_allowed
            server.stop()
            with structlog.testing.capture_logs() as logs:
                taken = [(await limiter.take([TWO])).is_allowed for _ in range(3)]
            assert taken == [True, True, False]
            assert [it["event"] for it in logs] == ["limits.redis_away"]
            await limiter.close()
