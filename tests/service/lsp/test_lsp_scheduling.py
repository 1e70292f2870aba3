"""Only the newest text counts, one check a document at a time, and nobody waits for an old one."""

from __future__ import annotations

import asyncio

import pytest
from lsp_editor import Clock, Worker, settle

from service.lsp.scheduling import Scheduler, outcome

pytestmark = pytest.mark.asyncio


async def test_a_check_begins_after_the_pause_only() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    answer = checks.want("a", lambda: "first", 0.2)
    assert [timer.delay for timer in clock.running] == [0.2]
    assert not worker.waiting
    clock.ring()
    assert len(worker.waiting) == 1
    assert not answer.done()
    await worker.work()
    assert await outcome(answer) == "first"


async def test_keystrokes_start_the_pause_again_and_one_check_is_done() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[int] = Scheduler(worker, clock)
    answers = [checks.want("a", lambda n=n: n, 0.2) for n in range(10)]  # type: ignore[misc]
    assert len(clock.running) == 1
    clock.ring()
    assert len(worker.waiting) == 1
    await worker.work()
    assert [await outcome(answer) for answer in answers] == [None] * 9 + [9]


async def test_whoever_waits_for_an_old_check_is_answered_at_once() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    old = checks.want("a", lambda: "old", 0)
    clock.ring()
    waiting = asyncio.create_task(outcome(old))
    await settle()
    assert not waiting.done()
    checks.want("a", lambda: "new", 0)
    await settle()
    assert waiting.done()  # although the old check still runs
    assert waiting.result() is None
    assert len(worker.waiting) == 1


async def test_the_result_of_an_old_check_is_dropped_and_the_newest_follows() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    old = checks.want("a", lambda: "old", 0)
    clock.ring()
    middle = checks.want("a", lambda: "middle", 0)
    clock.ring()
    new = checks.want("a", lambda: "new", 0)
    clock.ring()
    assert len(worker.waiting) == 1, "one check a document at a time"
    await worker.work()
    assert await outcome(old) is None
    assert len(worker.waiting) == 1
    await worker.work()
    assert await outcome(middle) is None
    assert await outcome(new) == "new"
    assert not worker.waiting


async def test_a_check_whose_pause_is_not_over_does_not_begin_when_the_old_one_ends() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    checks.want("a", lambda: "old", 0)
    clock.ring()
    new = checks.want("a", lambda: "new", 0.2)
    await worker.work()
    assert not worker.waiting
    clock.ring()
    await worker.work()
    assert await outcome(new) == "new"


async def test_documents_do_not_wait_for_each_other() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    slow = checks.want("a", lambda: "slow", 0)
    quick = checks.want("b", lambda: "quick", 0)
    clock.ring()
    assert len(worker.waiting) == 2
    worker.waiting.reverse()
    await worker.work()
    assert await outcome(quick) == "quick"
    assert not slow.done()


async def test_a_failed_check_fails_for_those_who_wait_and_the_next_is_done() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)

    def fail() -> str:
        raise LookupError("broken")

    answer = checks.want("a", fail, 0)
    clock.ring()
    await worker.work()
    with pytest.raises(LookupError, match="broken"):
        await outcome(answer)
    answer = checks.want("a", lambda: "well", 0)
    clock.ring()
    await worker.work()
    assert await outcome(answer) == "well"


async def test_the_failure_of_an_old_check_is_nobodys() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)

    def fail() -> str:
        raise LookupError("broken")

    old = checks.want("a", fail, 0)
    clock.ring()
    new = checks.want("a", lambda: "new", 0)
    clock.ring()
    await worker.work()
    await worker.work()
    assert (await outcome(old), await outcome(new)) == (None, "new")


async def test_a_closed_document_is_forgotten() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    waiting = checks.want("a", lambda: "a", 0.2)
    running = checks.want("b", lambda: "b", 0)
    clock.ring()
    later = checks.want("c", lambda: "c", 0.2)
    for key in ("a", "b", "c", "never opened"):
        checks.forget(key)
    assert not clock.running
    while worker.waiting:
        await worker.work()
    assert [await outcome(answer) for answer in (waiting, running, later)] == [None] * 3


async def test_giving_up_does_not_take_the_check_from_others() -> None:
    clock, worker = Clock(), Worker()
    checks: Scheduler[str] = Scheduler(worker, clock)
    answer = checks.want("a", lambda: "result", 0)
    impatient, patient = (asyncio.create_task(outcome(answer)) for _ in range(2))
    await settle()
    impatient.cancel()
    clock.ring()
    await settle()
    await worker.work()
    assert await patient == "result"
    assert impatient.cancelled()
