"""The bytes of an SPSS system file: taken one after the other, inflated, unpacked."""

import codecs
import struct
import zlib
from typing import Final

_LARGEST: Final = 1 << 28  # bytes of all cases
_END, _LITERAL, _BLANK, _NOTHING = 252, 253, 254, 255


class SavError(ValueError):
    """The file is no system file of SPSS, or not one that is surely understood."""


class Bytes:
    """The bytes of a file, taken one thing after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        found = self.data[self.at : self.at + size]
        if size < 0 or len(found) < size:
            raise SavError("it is cut off")
        self.at += size
        return found

    def whole(self) -> int:
        return int.from_bytes(self.take(4), "little", signed=True)

    def long(self) -> int:
        return int.from_bytes(self.take(8), "little", signed=True)

    def rest(self) -> bool:
        return self.at < len(self.data)


class Decoder:
    """Makes words of bytes; what its encoding cannot hold is an error."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def __call__(self, raw: bytes) -> str:
        decoder = codecs.getincrementaldecoder(self.encoding)()
        try:  # a text that was cut to its width may end within a character
            return decoder.decode(raw.rstrip(b" "))
        except UnicodeDecodeError:
            raise SavError(f"a text is not in its encoding {self.encoding}") from None


def number_of(raw: bytes) -> float:
    return float(struct.unpack("<d", raw)[0])


def inflated(file: Bytes) -> bytes:
    """Return the packed data of a .zsav: blocks, and a list of them at the end."""
    found, total = [], 0
    try:
        file.take(8)
        file.at = file.long() + 20
        for _ in range(file.whole()):
            file.take(8)
            at, size, packed = file.long(), file.whole(), file.whole()
            total += size
            if total > _LARGEST:
                raise SavError("it is too large")
            engine = zlib.decompressobj()
            found.append(engine.decompress(file.data[at : at + packed], size))
            if len(found[-1]) != size:
                raise SavError("it is cut off")
    except (zlib.error, ValueError) as problem:
        raise SavError(str(problem)) from None
    return b"".join(found)


def unpacked(data: bytes, bias: float, nothing: float) -> bytes:
    """Return eights of bytes of codes: small whole numbers, blanks and literals."""
    known = [
        struct.pack("<d", code - bias) if 0 < code < _END else b""
        for code in range(256)
    ]
    known[_BLANK] = b" " * 8
    known[_NOTHING] = struct.pack("<d", nothing)
    found: list[bytes] = []
    at, size, most = 0, len(data), _LARGEST // 8
    while at < size:
        codes = data[at : at + 8]
        at += 8
        for code in codes:
            if code == _LITERAL:
                literal = data[at : at + 8]
                at += 8
                if len(literal) < 8:
                    raise SavError("it is cut off")
                found.append(literal)
            elif code == _END:
                return b"".join(found)
            elif code:
                found.append(known[code])
        if len(found) > most:
            raise SavError("it is too large")
    return b"".join(found)
