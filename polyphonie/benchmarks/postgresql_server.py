"""Where do tests and measurements find a PostgreSQL? A server of their own in a temporary folder, gone when they end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

UNPRIVILEGED = ("postgres", "nobody")
FAST = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    "autovacuum": "off",  # plans must not depend on whether it passed between two tests
    "jit": "off",
}
AS_INSTALLED = {"listen_addresses": "", "max_parallel_workers_per_gather": "0"}
"""What a measurement wants: the server as it is installed, in one process, whose processor time is then the whole cost."""


def binaries() -> Path | None:
    """The folder that holds `initdb` and `pg_ctl`, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "initdb").exists()), None)


class Server:
    """A PostgreSQL of our own on a Unix socket, set as `settings` say: `FAST` for tests, `AS_INSTALLED` to measure."""

    def __init__(self, settings: dict[str, str] = FAST) -> None:
        self.settings = settings
        found = binaries()
        if found is None:
            raise RuntimeError("PostgreSQL is not installed")
        self.binaries = found
        self.folder = Path(tempfile.mkdtemp(prefix="polyphonie-pg-"))
        self.account = self._account()

    def _account(self) -> str | None:
        """PostgreSQL refuses to run as root: as root, another account runs it."""
        if os.geteuid() != 0:
            return None
        for name in UNPRIVILEGED:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            return name
        raise RuntimeError("no unprivileged account to run PostgreSQL under")

    def _run(self, program: str, *arguments: str) -> None:
        printed = self.folder / f"{program}.out"  # a file, not a pipe: the server would keep a pipe open
        with printed.open("wb") as output:
            result = subprocess.run(
                [str(self.binaries / program), *arguments],
                user=self.account,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if result.returncode:
            raise RuntimeError(f"{program} failed: {printed.read_text()[-2000:]}")

    def start(self) -> None:
        cluster = self.folder / "cluster"
        self._run("initdb", "-D", str(cluster), "-U", "polyphonie", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        lines = [f"{name} = '{value}'" for name, value in self.settings.items()]
        with (cluster / "postgresql.conf").open("a") as file:
            file.write("\n".join([*lines, f"unix_socket_directories = '{self.folder}'", ""]))
        self._run("pg_ctl", "-D", str(cluster), "-w", "-t", "60", "-l", str(self.folder / "log"), "start")

    def restart(self, *, mode: str = "immediate") -> None:
        cluster = str(self.folder / "cluster")
        self._run("pg_ctl", "-D", cluster, "-w", "-m", mode, "stop")
        self._run("pg_ctl", "-D", cluster, "-w", "-t", "60", "-l", str(self.folder / "log"), "start")

    def create(self, database: str) -> str:
        """Make an empty database of this server; its address."""
        self._run("createdb", "-h", str(self.folder), "-U", "polyphonie", database)
        return self.url(database)

    def copy(self, url: str, database: str = "polyphonie") -> None:
        """Make a database of this server that holds what the one at this address holds."""
        self.create(database)
        dump = self.folder / "copied.sql"
        self._run("pg_dump", "--no-owner", "-f", str(dump), url)
        self._run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "polyphonie", "-f", str(dump), database)

    def stop(self) -> None:
        try:
            self._run("pg_ctl", "-D", str(self.folder / "cluster"), "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "polyphonie") -> str:
        """The address of one database of this server, as `POLYPHONIE_DATABASE_URL` wants it."""
        return f"postgres://polyphonie@{quote(str(self.folder), safe='')}/{database}"
