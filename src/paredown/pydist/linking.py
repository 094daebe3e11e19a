"""What the dynamic loader would check of an ELF file: needs, search paths, symbol versions, and whether all of it is there."""

from dataclasses import asdict, dataclass
from typing import Any

from paredown.pydist.elf import DAMAGED, MAGIC, window
from paredown.store import Store
from paredown.tree import Entry

_KIND = "linking-1"  # of the records in the store; the number goes up when the reading changes
_WEAK = 0x2  # VER_FLG_WEAK: a version that may be missing
_NO_BYTES = "SHT_NOBITS"
_TAGS = {"DT_NEEDED": "needed", "DT_SONAME": "soname", "DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """One ELF file as the loader sees it. `wants` are (soname, symbol version), `offers` the symbol versions that it defines.

    `damage` says what is wrong with the file itself, "" when nothing is.
    """

    machine: str = ""
    interpreter: str = ""
    soname: str = ""
    needed: tuple[str, ...] = ()
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    wants: tuple[tuple[str, str], ...] = ()
    offers: tuple[str, ...] = ()
    damage: str = ""


def linking_of(entry: Entry, store: Store) -> Linking:
    """What the file says of itself; from the store when its bytes were read before."""
    record = store.recall(_KIND, entry.digest)
    if record is None:
        found = read_linking(entry)
        store.remember(_KIND, entry.digest, asdict(found))
        return found
    lists = {name: tuple(record[name]) for name in ("needed", "rpath", "runpath", "offers")}
    return Linking(**{**record, **lists, "wants": tuple((soname, version) for soname, version in record["wants"])})


def read_linking(entry: Entry) -> Linking:
    """The same, read from the file."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415  (elftools takes 40 ms; only for what was never read)
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    with window(entry) as stream:
        if stream.read(4) != MAGIC:
            return Linking(damage="is no ELF file" if entry.size else "is empty")
        try:
            elf: Any = ELFFile(stream)
            missing = _extent(elf) - entry.size
            if missing > 0:
                return Linking(machine=_machine(elf), damage=f"is cut off: {missing} bytes are missing at its end")
            return _linking(elf)
        except (ELFError, *DAMAGED) as error:
            return Linking(damage=f"is damaged: {type(error).__name__}")


def _machine(elf: Any) -> str:
    return str(elf["e_machine"]).removeprefix("EM_")


def _extent(elf: Any) -> int:
    """How many bytes its headers say the file has at least."""
    header = elf.header
    extent = max(header["e_phoff"] + header["e_phnum"] * header["e_phentsize"], header["e_shoff"] + header["e_shnum"] * header["e_shentsize"])
    extent = max([extent, *(segment["p_offset"] + segment["p_filesz"] for segment in elf.iter_segments())])
    if extent <= elf.stream_len:
        extent = max([extent, *(section["sh_offset"] + section["sh_size"] for section in elf.iter_sections() if section["sh_type"] != _NO_BYTES)])
    return int(extent)


def _linking(elf: Any) -> Linking:
    from elftools.elf.dynamic import DynamicSegment  # noqa: PLC0415
    from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection  # noqa: PLC0415
    from elftools.elf.segments import InterpSegment  # noqa: PLC0415

    values: dict[str, list[str]] = {name: [] for name in _TAGS.values()}
    interpreter = ""
    for segment in elf.iter_segments():
        if isinstance(segment, InterpSegment):
            interpreter = segment.get_interp_name()
        elif isinstance(segment, DynamicSegment):
            for tag in segment.iter_tags():
                if name := _TAGS.get(tag.entry.d_tag):
                    values[name].append(str(getattr(tag, name)))
    wants: list[tuple[str, str]] = []
    offers: list[str] = []
    for section in elf.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for library, versions in section.iter_versions():
                wants += [(str(library.name), str(version.name)) for version in versions if not version["vna_flags"] & _WEAK]
        elif isinstance(section, GNUVerDefSection):
            for _, names in section.iter_versions():
                offers += [name.name for name in names][:1]  # what follows the first are the versions before it
    return Linking(
        machine=_machine(elf),
        interpreter=interpreter,
        soname=values["soname"][0] if values["soname"] else "",
        needed=tuple(values["needed"]),
        rpath=_folders(values["rpath"]),
        runpath=_folders(values["runpath"]),
        wants=tuple(wants),
        offers=tuple(offers),
    )


def _folders(values: list[str]) -> tuple[str, ...]:
    return tuple(part for value in values for part in value.split(":") if part)
