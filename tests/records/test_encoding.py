"""Encodings of spreadsheets, told apart by the words in them; else asked."""

from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from iph import Sex
from iph.errors import DoubtWarning, FileError
from iph.records import check, read
from iph.records._encoding import CANDIDATES, encoding_of

MakeFile = Callable[..., Path]
KNOWN = [
    ("病人编号,年龄,性别\nA,40,男", "gb18030"),
    ("病例號,年齡,性別\nA,40,男", "big5"),
    ("患者番号,年齢,性別\nA,40,男性", "cp932"),
    ("no;yaş;cinsiyet\nA;40;kadın", "cp1254"),
    ("Nr;Geschlecht\nA;männlich", "cp1252"),
    ("Nr;Geschlecht\nA;männlich", "mac_roman"),
    ("Nr;Geschlecht\nA;männlich", "cp850"),
    ("nº;edad;años\nA;40;femenino", "cp1252"),
]


@pytest.mark.parametrize(("text", "encoding"), KNOWN)
def test_known_words_tell_encodings_apart(text: str, encoding: str) -> None:
    """One known word is enough, and no other encoding gives it."""
    assert encoding_of(text.encode(encoding)) == (encoding, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("patient_id,sex,Диагноз", "cp1251"),
        ("patient_id,患者", "gb18030"),
        ("patient_id,名前", "cp932"),
        ("patient_id,이름", "cp949"),
        ("patient_id,mężczyzna", "cp1250"),
        ("patient_id,Çağrı", "cp1254"),
    ],
)
def test_what_no_word_tells_is_asked(
    file_of: MakeFile, text: str, encoding: str
) -> None:
    """Without a known word the file is refused, and the candidates are shown."""
    found, others = encoding_of(text.encode(encoding))
    assert found == ""
    assert any(one.startswith(encoding) for one in others)
    path = file_of(text, "A,x", encoding=encoding)
    with pytest.raises(FileError, match=r"text encoding is not known.*encoding="):
        check(path)
    (ignored,) = check(path, encoding=encoding).ignored_columns[-1:]
    assert ignored == text.rpartition(",")[2]


@given(
    st.lists(
        st.sampled_from(
            ["Müller", "größe", "côté", "señor", "año", "naïve", "œdème", "µl", "Ø"]
        )
    )
)
def test_western_words_are_western(words: list[str]) -> None:
    """Letters as Western languages have them need no known word."""
    text = ",".join(["id", *words])
    assert encoding_of(text.encode("cp1252"))[0] == "cp1252"


@given(st.text(min_size=1), st.sampled_from(sorted(CANDIDATES)))
def test_an_encoding_is_taken_or_asked(text: str, encoding: str) -> None:
    """Either one encoding is taken, or the file is asked about and ways are shown."""
    head = text.encode(encoding, errors="ignore")
    assume(head)
    found, others = encoding_of(head)
    assert bool(found) != bool(others)
    assert found in ("", *CANDIDATES)


def test_sheets_in_other_encodings_are_read(file_of: MakeFile) -> None:
    """Words and headers come out as they were typed, and a warning says how."""
    path = file_of("patient_id,性别", "A,男", "B,女", encoding="gb18030")
    names = {"性别": "sex"}
    with pytest.warns(DoubtWarning, match="GB 18030"):
        sexes = [patient.sex for patient in read(path, mapping=names)]
    assert sexes == [Sex.MALE, Sex.FEMALE]
    assert any("GB 18030" in said for said in check(path, mapping=names).warnings)
    wide = file_of("patient_id,sex", "A,male", name="w.csv", encoding="utf-32")
    assert read(wide).patients[0].sex is Sex.MALE


def test_what_is_no_utf8_may_stand_far_below(file_of: MakeFile) -> None:
    """A letter beyond the first part of a file decides as one at its top does."""
    rows = [f"P{n},male,{'x' * 40}" for n in range(30_000)]
    path = file_of("patient_id,sex,remark", *rows, "Q,female,größer", encoding="cp1252")
    assert check(path).n_patients == 30_001
    path = file_of(
        "patient_id,sex,remark", *rows, "Q,female,Диагноз", encoding="cp1251"
    )
    with pytest.raises(FileError, match="cp1251"):
        check(path)
