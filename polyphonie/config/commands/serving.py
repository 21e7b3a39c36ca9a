"""`polyphonie serve`: gunicorn's workers and, beside them, the loop that does what is due; both stop together."""

import ctypes
import gc
import signal
import socket
from argparse import Namespace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.template import engines
from django.urls import get_resolver
from django.utils.translation import gettext as _
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from polyphonie.config import offspring
from polyphonie.config.commands import database, ticking
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.rehearsal import rehearse
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.config.workers import FairWorker, seat, unseat
from polyphonie.core.serving.holding import Door
from polyphonie.core.serving.turnstile import Turnstile

MOST_HEAPS = -8  # M_ARENA_MAX of glibc's mallopt


class Server(BaseApplication):
    """gunicorn, told everything here: it reads no file, no environment, and opens no control socket."""

    def __init__(self, application: Any) -> None:
        self.application = application
        super().__init__()

    def load_config(self) -> None:
        wanted: dict[str, Any] = {
            "bind": settings.POLYPHONIE_BIND,
            "workers": settings.POLYPHONIE_WORKERS,
            "threads": settings.POLYPHONIE_THREADS,
            "worker_class": FairWorker,
            "pre_fork": seat,
            "child_exit": unseat,
            "preload_app": True,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108  (gunicorn’s heartbeats, in memory; none holds a secret)
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 5,
            "accesslog": None,
            "loglevel": "warning",
            "forwarded_allow_ips": ",".join(settings.POLYPHONIE_TRUSTED_PROXIES),
            "proc_name": "polyphonie",
            "post_fork": lambda server, worker: connections.close_all(),
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application

    def run(self) -> None:
        House(self).run()


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    terminal.say(_("Polyphonie answers on %(address)s (stop: Ctrl+C).") % {"address": settings.POLYPHONIE_BASE_URL})
    return Outcome(is_right=serve() == 0)


def serve() -> int:
    """Web workers and the loop of what is due, until stopped or until the web workers end; the exit status."""
    _refuse_a_taken_port(settings.POLYPHONIE_BIND)
    call_command("collectstatic", interactive=False, verbosity=0)
    inner = get_wsgi_application()  # after the static files are there: it lists them once
    _ = get_resolver().url_patterns
    load_templates()
    rehearse(inner)
    connections.close_all()
    _settle_memory()
    try:
        Server(Door(Turnstile(inner))).run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def load_templates() -> int:
    """Compile every template once, before the workers fork: they share them; how many."""
    environment = engines["jinja2"].env  # type: ignore[attr-defined]  # the engine of Jinja2 has an environment
    names = environment.list_templates(extensions=["html", "txt", "xml"])
    for name in names:
        environment.get_template(name)
    return len(names)


def _settle_memory() -> None:
    """What is loaded now stays shared between the processes; what loading left behind goes back to the system; the threads of
    a worker share one heap instead of keeping each its own."""
    gc.collect()
    gc.freeze()
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(MOST_HEAPS, 1)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def _refuse_a_taken_port(bind: str) -> None:
    if bind.startswith("unix:"):
        return
    host, _colon, port = bind.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise CommandRefused(
                _("cannot listen on %(bind)s (%(reason)s): stop what does, or choose another port.")
                % {"bind": bind, "reason": error.strerror}
            ) from error


class House(Arbiter):
    """gunicorn's master, which also keeps the loop of what is due running, and stops it when it stops."""

    ticking_pid = 0

    def manage_workers(self) -> None:
        super().manage_workers()
        if not offspring.is_running(self.ticking_pid):
            self.ticking_pid = offspring.fork(self._tick, dies_by=signal.SIGTERM)

    def stop(self, graceful: bool = True) -> None:
        offspring.tell(self.ticking_pid, signal.SIGTERM)
        super().stop(graceful)
        offspring.see_off(self.ticking_pid, self.cfg.graceful_timeout)

    def _tick(self) -> int:
        """What the child that ticks does, once it has nothing of the server any more."""
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for listener in self.LISTENERS:
            listener.close()
        connections.close_all()
        return ticking.loop()
