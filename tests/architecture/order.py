"""In which order do the packages stand? As pyproject.toml says it, for the tests that import-linter cannot do."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "polyphonie"
NO_APPS = {"config", "benchmarks", "opinion"}


def layers() -> list[list[str]]:
    """The layers of the first contract, from the top; packages of one layer do not know each other."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    lines = next(contract["layers"] for contract in contracts if contract["containers"] == ["polyphonie"])
    return [[name.strip(" ()") for name in line.split("|")] for line in lines]


def may_know(package: str, other: str) -> bool:
    """Whether `package` stands above `other`, or is it."""
    height = {name: height for height, names in enumerate(reversed(layers())) for name in names}
    return package == other or height[package] > height[other]


def packages() -> list[str]:
    return sorted(path.parent.name for path in PRODUCT.glob("*/__init__.py"))


def modules() -> list[Path]:
    """Every Python file of the product but its migrations."""
    return sorted(path for path in PRODUCT.rglob("*.py") if "migrations" not in path.parts)


def templates() -> list[Path]:
    return sorted(path for path in PRODUCT.glob("*/templates/**/*") if path.is_file())
