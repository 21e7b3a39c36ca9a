"""What does a wheel carry besides the code? The catalogues, compiled, so that an installed site speaks French."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Compile the catalogues, and put them in the package of a standard wheel (an editable one reads them where they are)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        runpy.run_path(str(root / "polyphonie" / "config" / "messages.py"))["compile_catalogues"]()
        if version == "standard":
            build_data["force_include"][str(root / "locale")] = "polyphonie/locale"
