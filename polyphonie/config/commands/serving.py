"""`polyphonie serve`: gunicorn's workers and, beside them, the loop that does what is due; both stop together."""

import ctypes
import gc
import os
import signal
import socket
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver
from django.utils.translation import gettext as _
from gunicorn.app.base import BaseApplication

from polyphonie.config.commands import database, ticking
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal

SIGNAL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux's prctl
SECONDS_BEFORE_RESTART = 2


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
            "worker_class": "gthread",
            "preload_app": True,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
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


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    terminal.say(_("Polyphonie answers on %(address)s (stop: Ctrl+C).") % {"address": settings.POLYPHONIE_BASE_URL})
    return Outcome(is_right=serve() == 0)


def serve() -> int:
    """Web workers and the loop of what is due, until stopped or until the web workers end; the exit status."""
    _refuse_a_taken_port(settings.POLYPHONIE_BIND)
    call_command("collectstatic", interactive=False, verbosity=0)
    application = get_wsgi_application()  # after the static files are there: it lists them once
    _ = get_resolver().url_patterns
    connections.close_all()
    gc.collect()
    gc.freeze()  # what is loaded now stays shared between the processes
    return supervise(web=lambda: Server(application).run(), ticks=ticking.loop)


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


def supervise(*, web: Callable[[], object], ticks: Callable[[], object]) -> int:
    """Run both as children: the loop is started again when it dies, everything ends with the web workers or a signal."""
    children = {"web": start(web), "ticks": start(ticks)}
    is_over = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True
        _tell(children.values(), signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    status = 0
    while children:
        try:
            ended, raw = os.wait()
        except ChildProcessError:
            break
        name = next((name for name, pid in children.items() if pid == ended), None)
        if name is None:
            continue
        del children[name]
        if name == "web":
            status = 0 if is_over else (os.waitstatus_to_exitcode(raw) or 1)
            is_over = True
            _tell(children.values(), signal.SIGTERM)
        elif not is_over:
            time.sleep(SECONDS_BEFORE_RESTART)
            if not is_over:
                children["ticks"] = start(ticks)
    return status


def start(work: Callable[[], object]) -> int:
    """Fork; the child works, ends with its parent, and never comes back here."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(SIGNAL_WHEN_PARENT_DIES, signal.SIGTERM)
        outcome = work()
        status = outcome if isinstance(outcome, int) else 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _tell(pids: Any, number: int) -> None:
    for pid in list(pids):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
