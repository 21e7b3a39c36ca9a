"""Does what is delivered hold what it must: a wheel that runs, units that systemd accepts, servers that note no vote?"""

import configparser
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from polyphonie.portal.bringing import MOST_BYTES

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", str(ROOT)]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(folder)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.once
def test_the_wheel_holds_everything_that_the_source_serves_and_nothing_of_the_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "polyphonie").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source <= names, sorted(source - names)[:10]
    assert "polyphonie/locale/fr/LC_MESSAGES/django.mo" in names
    assert not [name for name in names if name.startswith(("tests", "docs", "var", "keys"))]
    kinds = {suffix: sum(name.endswith(suffix) for name in names) for suffix in (".html", ".css", ".woff2", ".po", ".py")}
    print(f"the wheel: {len(names)} files, {wheel.stat().st_size // 1024} kB, {kinds}")
    assert all(kinds.values())


@pytest.mark.once
def test_an_installed_wheel_examines_itself_in_french_without_the_source(wheel, tmp_path):
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("POLYPHONIE_", "DJANGO_"))} | {
        "PYTHONPATH": str(target),
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }
    command = [sys.executable, "-c", "import polyphonie; print(polyphonie.__file__)"]
    where = subprocess.run(command, env=surroundings, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert where.startswith(str(target))
    done = subprocess.run(
        [sys.executable, "-m", "polyphonie", "doctor", "--fix"],
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "les pages légales laissent ce champ vide" in done.stdout
    assert (tmp_path / "var" / "polyphonie.sqlite3").exists()


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_each_unit(unit, tmp_path):
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read(unit)
    assert "Unit" in read
    if unit.suffix == ".service":
        service = read["Service"]
        assert service["User"] == "polyphonie"
        assert service["ExecStart"].startswith("/srv/polyphonie/.venv/bin/polyphonie ")
        hardened = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}
        assert {name: service.get(name) for name in hardened} == hardened
        assert {"/var/lib/polyphonie", "/var/lib/polyphonie-keys"} <= set(service["ReadWritePaths"].split())
        assert service["CapabilityBoundingSet"] == ""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here: the unit was only parsed")
    for path in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8"), flags=re.M)
        text = re.sub(r"^(User|Group|Documentation)=.*$", "", text, flags=re.M)  # an account of the real machine
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert said == []


def votes_are_posted_to() -> list[str]:
    return [reverse("consultation:vote", kwargs={"process": slug}) for slug in ("demain", "ambition-numerique-2014")]


def others() -> list[str]:
    return ["/demain/", "/demain/contributions/746/", "/demain/contributions/746/avis/", "/", "/sante/", "/demain/voter/autre/"]


def test_nginx_notes_no_request_to_the_address_of_votes():
    text = (DEPLOY / "nginx" / "polyphonie.conf").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    (pattern,) = re.findall(r"^map \$request_uri \$se_note \{\n    default 1;\n    ~(\S+) 0;$", text, flags=re.M)
    for query in ("", "?n=1"):
        assert all(re.search(pattern, address + query) for address in votes_are_posted_to())
        assert not [address for address in others() if re.search(pattern, address + query)]
    assert re.search(r"access_log \S+ sans_personne if=\$se_note;", text)
    assert re.search(r"error_log \S+ alert;", text), "below this level, nginx notes the request and the address it came from"
    (noted,) = re.findall(r"log_format sans_personne '(.*)';", text)
    assert not re.search(r"remote_addr|forwarded|http_|cookie|remote_user|args|request_uri|\$request\b", noted)


def test_an_archive_from_another_site_passes_through_nginx():
    text = (DEPLOY / "nginx" / "polyphonie.conf").read_text(encoding="utf-8")
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(megabytes) * 1024 * 1024 > MOST_BYTES


def test_caddy_notes_no_request_to_the_address_of_votes():
    text = (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    (pattern,) = re.findall(r"@votes path_regexp (\S+)", text)
    assert all(re.search(pattern, address) for address in votes_are_posted_to())
    assert not [address for address in others() if re.search(pattern, address)]
    assert re.search(r"vars @votes \{\s+skip_log true\s+log_skip true\s+\}", text), "one name before Caddy 2.8, the other since"
    assert re.search(r"^\{\n(?:\t.*\n)*?\t\texclude http\.log\.error$", text, flags=re.M), (
        "its journal of errors notes the whole request"
    )
    removed = set(re.findall(r"(\S+) delete", text))
    assert {"request>remote_ip", "request>client_ip", "request>headers", "resp_headers"} <= removed
    assert r'request>uri regexp \?.* ""' in text


def test_the_image_is_pinned_by_the_lock_and_runs_as_nobody_special():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM (\S+)", text, flags=re.M)
    assert len(stages) == 2
    assert "--require-hashes --requirement requirements.lock" in text
    last = text.rpartition("FROM ")[2]
    assert re.search(r"^USER polyphonie$", last, flags=re.M)
    assert "/sante/pret/" in re.search(r"HEALTHCHECK.*?\n.*", last)[0]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, flags=re.M)
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}\n" in kept
