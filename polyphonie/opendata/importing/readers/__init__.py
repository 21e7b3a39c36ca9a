"""The formats that are read, one module each: `chosen(paths)`, `read(path)`, `records(path)`."""

from types import ModuleType

from polyphonie.opendata.importing.readers import cap_collectif, concertation, decidim

READERS: dict[str, ModuleType] = {reader.NAME: reader for reader in (cap_collectif, concertation, decidim)}
