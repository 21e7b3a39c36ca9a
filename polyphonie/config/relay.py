"""Which thread of a process serves the next request? The one that has just served, as long as each request is short.

Python runs one thread at a time. Threads that each take a request wake, wait for the interpreter and hand it over at every turn:
a quarter of what a vote costs. Here one thread serves what waits, one request after the other; another comes in only beside a
request that lasts (a slow network, a long page) or that waits for the disk.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event, Lock, Thread
from time import sleep
from typing import Any, ParamSpec, TypeVar

from polyphonie.core.serving.turnstile import LONGEST_WAIT, makes_way

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Relay(ThreadPoolExecutor):
    """So many threads, one of which serves while each job is short."""

    def __init__(self, threads: int) -> None:
        super().__init__(max_workers=threads)
        self._guard = Lock()
        self._waiting: deque[Job] = deque()
        self._at_work: Job | None = None
        self._someone_waits = Event()
        self._is_over = False
        Thread(target=self._watch, name="relay", daemon=True).start()

    def submit(self, work: Callable[Given, Made], /, *values: Given.args, **named: Given.kwargs) -> "Future[Made]":
        job = Job(partial(work, *values, **named))
        with self._guard:
            self._waiting.append(job)
            self._hand_over()
        return job.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._guard:
            self._is_over = True
            self._someone_waits.set()
        super().shutdown(wait, cancel_futures=cancel_futures)

    def _hand_over(self) -> None:
        """If nobody is at work, a thread takes what waits; with the guard held."""
        if self._at_work is None and self._waiting and not self._is_over:
            self._at_work = self._waiting.popleft()
            super().submit(self._serve, self._at_work)
        if self._waiting:
            self._someone_waits.set()

    def _serve(self, job: "Job | None") -> None:
        while job is not None:
            token = makes_way.set(partial(self._pass_on, job))
            job.run()
            makes_way.reset(token)
            job = self._next_after(job)

    def _next_after(self, job: "Job") -> "Job | None":
        """What this thread goes on with; nothing when another thread is at work since."""
        with self._guard:
            if self._at_work is not job:
                return None
            self._at_work = self._waiting.popleft() if self._waiting else None
            return self._at_work

    def _pass_on(self, job: "Job") -> None:
        """This job lasts, or waits for something else: another thread serves beside it."""
        with self._guard:
            if self._at_work is job:
                self._at_work = None
                self._hand_over()

    def _watch(self) -> None:
        """Notice a job that lasts while someone waits."""
        while self._someone_waits.wait() and not self._is_over:
            seen = self._at_work
            sleep(LONGEST_WAIT)
            with self._guard:
                if not self._waiting and not self._is_over:
                    self._someone_waits.clear()
            if seen is not None and seen is self._at_work:
                self._pass_on(seen)


class Job:
    """A request to serve, and what it gives."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            given = self.work()
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(given)
