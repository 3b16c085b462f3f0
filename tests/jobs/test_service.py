"""The queue, on both databases: who gets which job when, and what becomes of it."""

import asyncio

import pytest

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import Tenant
from kith.jobs.service import Jobs, LeaseLost, NewJob, QueueCount, add_many, queue_counts
from kith.jobs.tables import JobState
from tests.jobs.workers import KIND, LEASE, Queue, numbers

# How long to look whether something happens that must not; a slow machine cannot make it fail.
MOMENT_SECONDS = 0.2


class TestAdd:
    async def test_waits_at_once(self, queue: Queue) -> None:
        await queue.add(1)
        (job,) = await queue.rows()
        assert (job.kind, job.payload, job.state, job.attempts) == (KIND, {"number": 1}, JobState.QUEUED, 0)
        assert job.available_at == job.created_at == queue.clock.now()

    async def test_one_of_a_key_waits(self, queue: Queue) -> None:
        await queue.add(1, 2, key="a")
        await queue.add(3, key="a")
        await queue.add(4, key="b")
        assert numbers(await queue.rows()) == [1, 4]

    async def test_another_of_a_key_waits_while_one_runs(self, queue: Queue) -> None:
        await queue.add(1, key="a")
        await queue.claim()
        await queue.add(2, key="a")
        await queue.add(3, key="a")
        assert numbers(await queue.rows(JobState.RUNNING)) == [1]
        assert numbers(await queue.rows(JobState.QUEUED)) == [2]

    async def test_many_at_once_with_one_key_add_one(self, queue: Queue) -> None:
        await asyncio.gather(*(queue.add(number, key="a") for number in range(8)))
        assert len(await queue.rows()) == 1

    async def test_a_job_that_is_relied_on_is_not_run_before_the_rows_are_there(self, queue: Queue) -> None:
        await queue.add(1, key="a")
        async with queue.db.write() as session:
            await Jobs(session, queue.clock).add(DEFAULT_TENANT_ID, [NewJob(KIND, {"number": 2}, "a")])
            early = asyncio.create_task(queue.claim())
            await asyncio.wait([early], timeout=MOMENT_SECONDS)
            assert not early.done() or not early.result()
        assert numbers([*await early, *await queue.claim()]) == [1]

    async def test_a_job_just_taken_is_not_relied_on(self, queue: Queue) -> None:
        await queue.add(1, key="a")
        async with queue.db.write() as session:
            await Jobs(session, queue.clock).claim("w", {KIND: 1}, LEASE)
            adding = asyncio.create_task(queue.add(2, key="a"))
            await asyncio.wait([adding], timeout=MOMENT_SECONDS)
        await adding
        assert numbers(await queue.rows(JobState.QUEUED)) == [2]

    async def test_many_without_a_key(self, queue: Queue) -> None:
        async with queue.db.write() as session:
            await add_many(session, queue.clock, DEFAULT_TENANT_ID, [])
            jobs = [NewJob(KIND, {"number": number}) for number in range(100)]
            await add_many(session, queue.clock, DEFAULT_TENANT_ID, jobs)
        assert numbers(await queue.claim(batch=1000)) == list(range(100))


class TestClaim:
    async def test_nothing_there(self, queue: Queue) -> None:
        assert await queue.claim() == ()

    async def test_takes_a_lease(self, queue: Queue) -> None:
        await queue.add(1)
        (job,) = await queue.claim("w7")
        assert (job.state, job.leased_by, job.attempts) == (JobState.RUNNING, "w7", 1)
        assert job.lease_until == queue.clock.now() + LEASE

    async def test_the_longest_waiting_first_and_no_more_than_a_batch(self, queue: Queue) -> None:
        await queue.add(1, 2)
        queue.clock.advance(-10)
        await queue.add(3, 4)
        queue.clock.advance(10)
        assert sorted(numbers(await queue.claim(batch=3))) == [1, 3, 4]
        assert numbers(await queue.claim(batch=3)) == [2]

    async def test_a_batch_is_of_one_kind(self, queue: Queue) -> None:
        await queue.add(1, kind="a")
        queue.clock.advance(1)
        await queue.add(2, kind="b")
        await queue.add(3, kind="a")
        queue.clock.advance(1)
        kinds = ("a", "b")
        assert [numbers(await queue.claim(kinds=kinds)) for _ in range(2)] == [[1, 3], [2]]

    async def test_what_was_tried_before_comes_alone(self, queue: Queue) -> None:
        await queue.add(1, 2, 3)
        await queue.give_back(await queue.claim(batch=2))
        await queue.add(4)
        assert [numbers(await queue.claim()) for _ in range(4)] == [[1], [2], [3, 4], []]

    async def test_what_was_given_back_through_no_fault_comes_with_the_others(self, queue: Queue) -> None:
        await queue.add(1, 2)
        await queue.give_back(await queue.claim(), counted=False)
        assert numbers(await queue.claim()) == [1, 2]

    async def test_only_of_kinds_that_are_asked_for(self, queue: Queue) -> None:
        await queue.add(1, kind="other")
        assert await queue.claim() == ()

    async def test_only_what_is_due(self, queue: Queue) -> None:
        await queue.add(1)
        await queue.give_back(await queue.claim(), seconds=10)
        queue.clock.advance(9)
        assert await queue.claim() == ()
        queue.clock.advance(1)
        assert numbers(await queue.claim()) == [1]

    async def test_not_while_a_twin_runs(self, queue: Queue) -> None:
        await queue.add(1, key="a")
        first = await queue.claim()
        await queue.add(2, key="a")
        assert await queue.claim("v") == ()
        await queue.finish(first)
        assert numbers(await queue.claim("v")) == [2]

    async def test_a_job_goes_to_one_worker_only(self, queue: Queue) -> None:
        await queue.add(*range(60))
        claims = await asyncio.gather(*(queue.claim(f"w{n}", batch=7) for n in range(6)))
        taken = [number for jobs in claims for number in numbers(jobs)]
        assert len(taken) == len(set(taken))
        while rest := await queue.claim(batch=7):
            taken += numbers(rest)
        assert sorted(taken) == list(range(60))


class TestFinish:
    async def test_removes_the_jobs(self, queue: Queue) -> None:
        await queue.add(1, 2)
        await queue.finish(await queue.claim())
        assert await queue.rows() == []

    async def test_another_has_taken_one_of_them(self, queue: Queue) -> None:
        """The lease ran out, a second worker took the job: what the first did is not stored."""
        await queue.add(1, 2)
        slow = await queue.claim("slow")
        queue.clock.advance(LEASE.total_seconds() + 1)
        await queue.recover()
        (taken,) = await queue.claim("quick", batch=1)

        async def store() -> None:
            async with queue.db.write() as session:
                session.add(Tenant(slug="result", created_at=queue.clock.now()))
                await Jobs(session, queue.clock).finish("slow", slow)

        with pytest.raises(LeaseLost):
            await store()
        async with queue.db.read() as session:
            assert await session.get(Tenant, DEFAULT_TENANT_ID + 1) is None
        assert len(await queue.rows()) == 2
        await queue.finish([taken], "quick")

    async def test_twice(self, queue: Queue) -> None:
        await queue.add(1)
        jobs = await queue.claim()
        await queue.finish(jobs)
        with pytest.raises(LeaseLost):
            await queue.finish(jobs)


class TestGiveBack:
    async def test_counted(self, queue: Queue) -> None:
        await queue.add(1)
        await queue.give_back(await queue.claim())
        (job,) = await queue.rows()
        assert (job.state, job.leased_by, job.lease_until, job.attempts) == (JobState.QUEUED, None, None, 1)

    async def test_not_counted(self, queue: Queue) -> None:
        await queue.add(1)
        await queue.give_back(await queue.claim(), counted=False)
        (job,) = await queue.rows()
        assert job.attempts == 0

    async def test_what_another_holds_is_left_alone(self, queue: Queue) -> None:
        await queue.add(1)
        jobs = await queue.claim("w")
        await queue.give_back(jobs, "v")
        (job,) = await queue.rows()
        assert (job.state, job.leased_by) == (JobState.RUNNING, "w")

    async def test_a_twin_that_waits_takes_its_place(self, queue: Queue) -> None:
        await queue.add(1, key="a")
        jobs = await queue.claim()
        await queue.add(2, key="a")
        await queue.give_back(jobs)
        assert numbers(await queue.rows()) == [2]


class TestBury:
    async def test_keeps_the_job_with_its_reason(self, queue: Queue) -> None:
        await queue.add(1)
        (job,) = await queue.claim()
        assert await queue.bury(job, detail="x" * 5000)
        (row,) = await queue.rows()
        assert (row.state, row.leased_by, row.error_code) == (JobState.FAILED, None, "code")
        assert row.error_detail == "x" * 1000
        assert await queue.claim() == ()

    async def test_what_another_holds_is_left_alone(self, queue: Queue) -> None:
        await queue.add(1)
        (job,) = await queue.claim("w")
        assert not await queue.bury(job, "v")
        assert [row.state for row in await queue.rows()] == [JobState.RUNNING]


class TestRecover:
    async def test_a_lease_that_runs_is_left_alone(self, queue: Queue) -> None:
        await queue.add(1)
        await queue.claim()
        queue.clock.advance(LEASE.total_seconds())
        assert (await queue.recover()).count == 0
        assert await queue.claim() == ()

    async def test_a_lease_that_has_run_out(self, queue: Queue) -> None:
        await queue.add(1)
        await queue.claim("slow")
        queue.clock.advance(LEASE.total_seconds() + 1)
        assert (await queue.recover()).count == 1
        (job,) = await queue.claim("quick")
        assert (job.leased_by, job.attempts) == ("quick", 2)

    async def test_a_lease_that_was_renewed(self, queue: Queue) -> None:
        await queue.add(1)
        jobs = await queue.claim()
        queue.clock.advance(LEASE.total_seconds())
        await queue.renew(jobs)
        queue.clock.advance(LEASE.total_seconds())
        assert (await queue.recover()).count == 0

    async def test_renewing_is_for_ones_own_jobs(self, queue: Queue) -> None:
        await queue.add(1)
        jobs = await queue.claim("w")
        queue.clock.advance(LEASE.total_seconds() + 1)
        await queue.renew(jobs, "v")
        assert (await queue.recover()).count == 1

    async def test_what_a_dead_worker_held_needs_no_waiting(self, queue: Queue) -> None:
        await queue.add(1, 2)
        await queue.claim("dead", batch=1)
        await queue.claim("living", batch=1)
        assert (await queue.recover("dead", "unknown")).count == 1
        assert numbers(await queue.rows(JobState.QUEUED)) == [1]

    async def test_dead_and_run_out_is_one_job(self, queue: Queue) -> None:
        await queue.add(1)
        await queue.claim("dead")
        queue.clock.advance(LEASE.total_seconds() + 1)
        assert (await queue.recover("dead")).count == 1

    async def test_only_what_is_named_is_renewed(self, queue: Queue) -> None:
        await queue.add(1, 2)
        jobs = await queue.claim()
        queue.clock.advance(LEASE.total_seconds())
        await queue.renew(jobs[:1])
        queue.clock.advance(1)
        assert (await queue.recover()).count == 1
        assert numbers(await queue.rows(JobState.QUEUED)) == [2]

    async def test_no_attempt_left(self, queue: Queue) -> None:
        await queue.add(1)
        for worker in ("a", "b"):
            await queue.claim(worker)
            assert (await queue.recover(worker, attempts=3)).count == 1
        await queue.claim("c")
        found = await queue.recover("c", attempts=3)
        assert (found.count, numbers(found.spent)) == (0, [1])
        assert [job.leased_by for job in await queue.rows(JobState.RUNNING)] == ["c"]

    async def test_what_is_being_finished_is_left_to_who_does_it(self, queue: Queue) -> None:
        """The lease has run out, and just then the worker finishes: neither fails, nothing is lost."""
        await queue.add(1, 2)
        jobs = await queue.claim()
        queue.clock.advance(LEASE.total_seconds() + 1)
        async with queue.db.write() as session:
            await Jobs(session, queue.clock).finish("w", jobs[:1])
            recovering = asyncio.create_task(queue.recover("w"))
            await asyncio.wait([recovering], timeout=MOMENT_SECONDS)
        assert (await recovering).count == 1
        assert numbers(await queue.rows(JobState.QUEUED)) == [2]

    async def test_finishing_what_is_being_recovered_waits_and_fails(self, queue: Queue) -> None:
        await queue.add(1)
        jobs = await queue.claim()
        queue.clock.advance(LEASE.total_seconds() + 1)
        async with queue.db.write() as session:
            assert (await Jobs(session, queue.clock).recover([], 5)).count == 1
            finishing = asyncio.create_task(queue.finish(jobs))
            await asyncio.wait([finishing], timeout=MOMENT_SECONDS)
        with pytest.raises(LeaseLost):
            await finishing
        assert numbers(await queue.rows(JobState.QUEUED)) == [1]


class TestRelease:
    async def test_whatever_the_worker_holds(self, queue: Queue) -> None:
        await queue.add(1, 2, 3)
        await queue.claim("w", batch=2)
        await queue.claim("v")
        assert await queue.release("w") == 2
        waiting = await queue.rows(JobState.QUEUED)
        assert [(*job.payload.values(), job.leased_by, job.attempts) for job in waiting] == [
            (1, None, 0),
            (2, None, 0),
        ]
        assert await queue.release("w") == 0


class TestCounts:
    async def test_by_kind_and_state(self, queue: Queue) -> None:
        await queue.add(1, 2, 3, kind="a")
        await queue.add(4, kind="b")
        (job,) = await queue.claim(kinds=("a",), batch=1)
        await queue.bury(job)
        await queue.claim(kinds=("a",), batch=1)
        async with queue.db.read() as session:
            counts = await queue_counts(session, DEFAULT_TENANT_ID)
        assert counts == [
            QueueCount("a", JobState.FAILED, 1),
            QueueCount("a", JobState.QUEUED, 1),
            QueueCount("a", JobState.RUNNING, 1),
            QueueCount("b", JobState.QUEUED, 1),
        ]

    async def test_of_another_tenant(self, queue: Queue) -> None:
        await queue.add(1)
        async with queue.db.read() as session:
            assert await queue_counts(session, DEFAULT_TENANT_ID + 1) == []
