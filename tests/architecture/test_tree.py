"""Does the tree tell the story: packages in their order, small modules that say what they answer, names that say something?"""

import ast
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.architecture.order import NO_APPS, PRODUCT, ROOT, layers, modules, packages

EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "managers",
    "services",
    "service",
    "misc",
    "lib",
    "tools",
    "repositories",
}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
LONGER = {"opendata/verify.py": "one file that a stranger reads and runs alone, importing nothing of ours"}
LOCAL_IMPORTS_ALLOWED = {
    "config/commandline.py": "Django's settings must be loaded before anything that reads them",
    "config/database_driver.py": "the driver may be absent",
}


def short(path) -> str:
    return str(path.relative_to(PRODUCT))


def test_applications_stand_in_the_order_of_the_layers():
    ordered = [name for names in layers() for name in names if name in packages() and name not in NO_APPS]
    installed = [app.split(".")[1] for app in settings.INSTALLED_APPS if app.startswith("polyphonie.")]
    assert installed == ordered


def test_every_package_has_its_place():
    assert set(packages()) <= {name for names in layers() for name in names}


@pytest.mark.parametrize("path", modules(), ids=short)
def test_a_module_is_small_says_what_it_answers_and_has_a_name_that_says_something(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") < MOST_LINES or short(path) in LONGER, "past 400 lines a module becomes a package of its name"
    assert ast.get_docstring(tree) or not source.strip(), "a module opens with one sentence: the question it answers"
    assert not EMPTY_NAMES & {part.removesuffix(".py") for part in path.relative_to(PRODUCT).parts}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [one.name for one in functions if one.end_lineno - one.lineno >= MOST_LINES_OF_A_FUNCTION]
    assert not long, "a function fits a screen"
    if short(path) not in LOCAL_IMPORTS_ALLOWED:
        inside = [
            node.lineno for function in functions for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert not inside, f"imports inside functions, lines {inside}"


def test_opinion_opens_empty_so_that_its_light_modules_stay_light():
    tree = ast.parse((PRODUCT / "opinion/__init__.py").read_text())
    assert [type(node) for node in tree.body] in ([], [ast.Expr])


def test_the_web_application_loads_no_heavy_mathematics():
    script = (
        "import sys; from polyphonie.config.wsgi import application; import polyphonie.config.schedule;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "heavy = {'scipy', 'sklearn', 'numpy', 'weasyprint'} & {name.split('.')[0] for name in sys.modules};"
        "sys.exit(', '.join(heavy))"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""


@pytest.mark.django_db
def test_the_records_and_their_migrations_agree():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_no_file_names_the_machine_it_was_written_on():
    names = re.compile(rb"/(?:work|root|tmp|home)/[\w.-]+")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    allowed = {b"tests/architecture/test_tree.py"}
    found = {
        name.decode(): match[0].decode()
        for name in listed
        if name and name not in allowed and (ROOT / name.decode()).is_file()
        if (match := names.search((ROOT / name.decode()).read_bytes()))
    }
    assert found == {}
