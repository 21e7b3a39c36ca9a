"""What does every test stand on? Folders of its own, SQLite or PostgreSQL, and a strict house.

    pytest tests/consultation                       on SQLite (a file, as in production)
    pytest tests/consultation --database postgres   on a PostgreSQL that the run starts itself
    pytest --database both                          one after the other, as `make test` does

Tests that touch no database run once, with SQLite. `-n 2` gives each worker its own database.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_django

from polyphonie.benchmarks import postgresql_server
from tests import strictness
from tests.browser import chromium, plain_visitor, second_visitor, site, visitor  # noqa: F401

SQLITE, POSTGRES, BOTH = "sqlite", "postgres", "both"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "empty_database", "prepared_database"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=[SQLITE, POSTGRES, BOTH], default=SQLITE, help="where database tests run (default: %(default)s)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """`--database both` is two runs: everything on SQLite, then what touches a database on PostgreSQL."""
    if config.getoption("--database") != BOTH:
        return None
    if hasattr(config, "workerinput"):
        raise pytest.UsageError("--database both starts its own runs")
    arguments = [str(word) for word in config.invocation_params.args]
    if "--database" in arguments:
        position = arguments.index("--database")
        del arguments[position : position + 2]
    arguments = [word for word in arguments if not word.startswith("--database=")]
    worst = 0
    for database in (SQLITE, POSTGRES):
        result = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments, "--database", database], check=False, cwd=config.invocation_params.dir
        )
        if database == POSTGRES and result.returncode == pytest.ExitCode.NO_TESTS_COLLECTED:
            continue
        worst = max(worst, result.returncode)
    return worst


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare the environment, then load Django's settings; workers find the environment their controller prepared."""
    if config.getoption("--database") == BOTH:
        return
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        folder = tempfile.mkdtemp(prefix="polyphonie-tests-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["POLYPHONIE_TEST_FOLDER"] = folder
        os.environ["POLYPHONIE_DATABASE_URL"] = _database_url(config, folder)
        _compile_messages()
    folder = f"{os.environ['POLYPHONIE_TEST_FOLDER']}/{config.workerinput['workerid'] if is_worker else 'main'}"
    for name in list(os.environ):
        if name.startswith("POLYPHONIE_MAIL") or name in ("POLYPHONIE_DEMO", "POLYPHONIE_BASE_URL", "POLYPHONIE_DEV"):
            del os.environ[name]
    os.environ["POLYPHONIE_VAR"] = f"{folder}/var"
    os.environ["POLYPHONIE_KEYS"] = f"{folder}/keys"
    Path(folder, "var").mkdir(parents=True)
    _load_settings(folder)
    strictness.forbid_the_network()


def _database_url(config: pytest.Config, folder: str) -> str:
    if config.getoption("--database") == SQLITE:
        return f"sqlite:///{folder}/polyphonie.sqlite3"
    if postgresql_server.binaries() is None:
        required = "postgres" in os.environ.get("POLYPHONIE_REQUIRE", "")
        sentence = "PostgreSQL is not installed: the tests that touch a database ran on SQLite only"
        pytest.exit(f"SKIPPED: {sentence}", returncode=1 if required else 5)
    server = postgresql_server.Server()
    atexit.register(server.stop)
    server.start()
    return server.url()


def _load_settings(folder: str) -> None:
    """Load the product's own settings; only what production must not have is changed, here and nowhere else."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "polyphonie.config.settings"
    from django.conf import settings

    settings.POLYPHONIE_VAR, settings.POLYPHONIE_KEYS = Path(folder, "var"), Path(folder, "keys")  # a worker's own
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = f"{folder}/test.sqlite3"
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.POLYPHONIE_HOLD_SECONDS = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _compile_messages() -> None:
    try:
        from polyphonie.config import messages
    except ImportError:  # before the catalogues exist
        return
    messages.compile_catalogues()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest tests begin first among those that keep the database alike, so that no worker is left alone with one; on
    PostgreSQL, only what touches a database runs again."""
    items.sort(key=lambda item: (_order(item), item.get_closest_marker("long") is None))
    if config.getoption("--database") != POSTGRES:
        return
    touching = [item for item in items if touches_a_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not touches_a_database(item)])
    items[:] = touching


def _order(item: pytest.Item) -> int:
    """pytest-django's order: what is rolled back, then what empties the tables after itself, then what touches no database."""
    marker, fixtures = item.get_closest_marker("django_db"), set(getattr(item, "fixturenames", ()))
    if (marker is not None and marker.kwargs.get("transaction")) or fixtures & {"transactional_db", "live_server"}:
        return 1
    return 0 if marker is not None or "db" in fixtures else 2


def touches_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once") is not None:
        return False
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """The keys are known before the first test, as in an installation that has lived: no test pays for their first reading."""
    from polyphonie.ledger import keys
    from tests import emptying

    emptying.be_quick()
    with django_db_blocker.unblock():
        _keep_a_template()
        for name in (keys.VOTER, "accounts"):
            keys.key(name)


def _template() -> str:
    """A database that holds the product's tables and nothing else: the file or the name that `_keep_a_template` gave it."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    return f"{name}.template" if connection.vendor == "sqlite" else f"{name}_template"


def _keep_a_template() -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.cursor().execute("VACUUM INTO %s", [_template()])
        return
    connection.close()  # PostgreSQL copies no database that somebody looks at
    with _server() as server:
        server.execute(f'CREATE DATABASE "{_template()}" TEMPLATE "{connection.settings_dict["NAME"]}"')


@contextmanager
def _server() -> Iterator[Any]:
    """The PostgreSQL server of this run, outside any database of ours."""
    import psycopg
    from django.db import connection

    socket_folder = connection.settings_dict["HOST"]
    with psycopg.connect(host=socket_folder, user="polyphonie", dbname="postgres", autocommit=True) as server:
        yield server


@pytest.fixture(autouse=True)
def strict_house(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test starts in French, with nothing kept, and finds unordered rows in any order."""
    from django.conf import settings
    from django.core.cache import cache
    from django.utils import translation

    from polyphonie.core.serving import holding, keeping, limits
    from polyphonie.synthesis.queries import remembered

    cache.clear()
    holding.shelf.clear()
    keeping.pieces.clear()
    remembered.memory.clear()
    for folder in ("log", "exports", "imports", "papers"):
        shutil.rmtree(Path(settings.POLYPHONIE_VAR) / folder, ignore_errors=True)
    limits.forget_all()
    translation.activate("fr")
    with strictness.shuffled_unordered_queries(request.node.nodeid):
        yield
    translation.deactivate()


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The `POLYPHONIE_DATABASE_URL` of a new, empty database, for a test that starts the product in another process."""
    with _another_database(tmp_path, template="") as url:
        yield url


@pytest.fixture
def prepared_database(tmp_path: Path, django_db_setup: None) -> Iterator[str]:
    """The same, with the product's tables already: preparing an empty one takes four seconds, and is tested elsewhere."""
    with _another_database(tmp_path, template=_template()) as url:
        yield url


@contextmanager
def _another_database(folder: Path, *, template: str) -> Iterator[str]:
    from django.db import connection

    if connection.vendor == "sqlite":
        if template:
            shutil.copyfile(template, folder / "polyphonie.sqlite3")
        yield f"sqlite:///{folder}/polyphonie.sqlite3"
        return
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with _server() as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
    yield os.environ["POLYPHONIE_DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    with _server() as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
