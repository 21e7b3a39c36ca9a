"""The formats that are read, one module each: `chosen(paths)`, `read(path)`, `records(path)`."""

from types import ModuleType

from polyphonie.opendata.readers import cap_collectif

READERS: dict[str, ModuleType] = {cap_collectif.NAME: cap_collectif}
