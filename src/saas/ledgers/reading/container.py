"""What a file is, by its content and never by its name, and its sheets."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from saas.kernel.i18n import _
from saas.ledgers.reading import delimited, markup, workbook
from saas.ledgers.reading.grid import Grid, Unreadable

MAX_BYTES = 512 << 20
MAX_UNPACKED = 2 << 30
MAX_RATIO = 300  # of unpacked to packed, asked only above 100 MB
MAX_ENTRIES = 5000
DECODED = 4 << 20  # texts up to this size are decoded to see whether they are text
ARCHIVE = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
}
MARKUP = re.compile(rb"^[\s\xef\xbb\xbf]*<(\?xml|!doctype|html|table|meta|style|head|!--)", re.IGNORECASE)


def grids(path: Path) -> list[Grid]:
    """The sheets of a file; Unreadable with a clear sentence for anything that is not a table."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unreadable(
                _("The file has %(size)s MB; at most %(limit)s MB are read.", size=size >> 20, limit=MAX_BYTES >> 20)
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(_("There is no such file.")) from None
    except IsADirectoryError:
        raise Unreadable(_("This is a folder, not a file.")) from None
    except OSError as error:
        raise Unreadable(_("The file cannot be opened: %(error)s.", error=error.strerror)) from None
    return _by_content(path, data)


def _by_content(path: Path, data: bytes) -> list[Grid]:
    look(data)
    if data.startswith((ARCHIVE, OLE)):
        return workbook.read(path)
    return markup.read(data) if MARKUP.match(data) else delimited.read(data)


def look(data: bytes) -> None:
    """What the bytes tell without any parsing: Unreadable for what can be no ledger. Cheap enough for an upload."""
    if not data:
        raise Unreadable(_("The file is empty."))
    for mark, kind in OTHER.items():
        if data.startswith(mark):
            raise Unreadable(_("The file is a %(kind)s file, not a table: export XLSX, XLS or CSV.", kind=kind))
    if data.startswith(ARCHIVE):
        _check_archive(data)
    elif data.startswith(OLE):
        _check_compound(data)
    elif len(data) <= DECODED:
        delimited.decode(data)


def _check_archive(data: bytes) -> None:
    """Look before unpacking: that it is a workbook, and that it does not unpack to something monstrous."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise Unreadable(workbook.REFUSALS["damaged"]) from None
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise Unreadable(_("The file is a packed archive but not an XLSX workbook."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(workbook.REFUSALS["password"])
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > 100 << 20 and unpacked / packed > MAX_RATIO)
    ):
        raise Unreadable(
            _(
                "The workbook would unpack to %(size)s MB in %(count)s parts: refused.",
                size=unpacked >> 20,
                count=len(entries),
            )
        )


def _check_compound(data: bytes) -> None:
    """An older Office file: a workbook, or the wrapper of an encrypted one."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable(workbook.REFUSALS["password"])
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise Unreadable(_("The file is an older Office file but not a workbook, or it is cut off."))
