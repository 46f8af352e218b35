"""The physical lines of a text file, decoded: UTF-8, UTF-16, and cp1256 where UTF-8 fails.

Tables that went through several hands mix encodings from line to line, so that UTF-8 is tried
for each line by itself and Windows' Arabic code page (which has a letter for every byte) is what
remains. Lines end at LF, CRLF, or CR in files that have nothing else.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import IO, Final

HEAD: Final = 65_536
BLOCK: Final = 1 << 20
LONGEST_LINE: Final = 16 << 20
UTF8_BOM: Final = codecs.BOM_UTF8
UTF16_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# of the signs of a UTF-16 file without mark, how many have a zero byte at least
_ZEROS: Final = 0.4


class Lines:
    """An iterator of decoded lines with their ends; counts bytes and what was cp1256."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.bytes_read = 0
        self.cp1256 = 0
        self.replaced = 0
        head = file.read(HEAD)
        self._wide = _utf16(head)
        self._only_cr = b"\n" not in head and b"\r" in head
        self._head = head.removeprefix(UTF8_BOM) if not self._wide else head
        self.bytes_read = len(head) - len(self._head)

    def __iter__(self) -> Iterator[str]:
        if self._wide:
            return self._utf16_lines(self._wide)
        return self._lines()

    def _lines(self) -> Iterator[str]:
        for raw in self._raw():
            self.bytes_read += len(raw)
            try:
                yield raw.decode("utf-8")
            except UnicodeDecodeError:
                self.cp1256 += 1
                yield raw.decode("cp1256", "replace")

    def _raw(self) -> Iterator[bytes]:
        """Yield the lines as bytes; the head was read already."""
        rest, block = b"", self._head
        while block:
            # a line of such a length is none, and must not fill the memory
            if len(rest) > LONGEST_LINE:
                yield rest
                rest = b""
            if self._only_cr:
                block = block.replace(b"\r", b"\n")
            *whole, last = block.split(b"\n")
            for part in whole:
                yield rest + part + b"\n"
                rest = b""
            rest += last
            block = self._file.read(BLOCK)
        if rest:
            yield rest

    def _utf16_lines(self, encoding: str) -> Iterator[str]:
        joined = io.BufferedReader(_Joined(self._head, self._file))
        ends = "\r" if self._only_cr else "\n"
        text = io.TextIOWrapper(joined, encoding, "replace", newline=ends)
        first = True
        while line := text.readline(LONGEST_LINE):
            self.bytes_read += 2 * len(line)
            self.replaced += "\ufffd" in line
            yield line.removeprefix("\ufeff") if first else line
            first = False


class _Joined(io.RawIOBase):
    """A head that was read already, and the file that it came from."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head, self._file = head, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = self._head[: len(buffer)] or self._file.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(found)] = found
        return len(found)


def _utf16(head: bytes) -> str:
    """Return the UTF-16 of a file, by its mark or its zero bytes; "" for any other."""
    if head.startswith(UTF16_BOMS):
        return "utf-16"
    sample = head[: len(head) // 2 * 2][:4096]
    if len(sample) < 4:  # noqa: PLR2004 - two signs
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    signs = len(sample) // 2
    # letters of Arabic have no zero byte, but digits, commas and line ends do
    if odd > _ZEROS * signs and not even:
        return "utf-16-le"
    return "utf-16-be" if even > _ZEROS * signs and not odd else ""
