"""What an uploaded file is, whatever its name says, and in which letters it is written."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.algorithms.files import detect_delimiter, detect_encoding, foreign, is_clean, is_workbook

TABLE = "Schlüssel;Name;Größe\r\n1;Übung für Öl;5\r\n2;Café à la carte, déjà vu;7\r\n3;Straße;9\r\n"


def zip_of(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty (0 bytes)"),
        (zip_of("[Content_Types].xml", "xl/workbook.bin"), "a binary Excel workbook (.xlsb)"),
        (zip_of(*(f"xl/workbook{number}.xml" for number in range(2_001))), "a damaged archive or workbook"),
        (zip_of("word/document.xml"), "a Word document"),
        (zip_of("mimetype", "content.xml"), "an OpenDocument file"),
        (zip_of("portfolios.csv", "programs.csv"), "a ZIP archive with portfolios.csv, programs.csv"),
        (b"PK\x03\x04 and nothing more", "a damaged archive or workbook"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "an old Excel or Office file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"<!DOCTYPE html><html><body>Sign in", "a web page (HTML)"),
        (b"\xef\xbb\xbf\n<html lang='en'>", "a web page (HTML)"),
        (b"<?xml version='1.0'?><Project/>", "an XML file"),
        (b'{"projects": []}', "a JSON file"),
        (b'[{"id": 1}]', "a JSON file"),
        (bytes(range(256)) * 20, "a binary file"),
    ],
)
def test_a_file_that_is_no_table_is_named_with_what_to_do(content, what):
    sentence = foreign(content, "projects.csv")

    assert what in sentence
    assert sentence.startswith("“projects.csv” is")
    assert any(verb in sentence for verb in ("Export", "Open", "Save", "Unpack", "Sign in", "Upload", "upload"))


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/workbook2.xml", "xl/Workbook.xml"])
def test_a_workbook_is_a_table_whatever_its_name_says(name):
    content = zip_of("[Content_Types].xml", name)

    assert is_workbook(content)
    assert foreign(content, "projects.csv") is None
    assert not is_workbook(TABLE.encode())


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_table_is_taken_in_any_usual_encoding_and_read_back_letter_by_letter(codec):
    content = TABLE.encode(codec)

    found = detect_encoding(content)

    assert foreign(content, "x.csv") is None
    assert content.decode(found.codec) == TABLE
    assert detect_delimiter(content, found.codec) == ";"


def test_latin_1_is_read_as_the_windows_encoding_that_holds_it():
    found = detect_encoding("id,name\n1,Müller\n2,Café\n".encode("latin-1"))

    assert found.codec == "cp1252"
    assert not found.is_certain


def test_cyrillic_is_not_taken_for_western_letters():
    text = "код;название\n1;Портфель проектов министерства\n2;Развитие системы здравоохранения\n"

    assert text.encode("cp1251").decode(detect_encoding(text.encode("cp1251")).codec) == text


def test_utf_8_with_a_broken_letter_stays_utf_8_so_that_only_that_row_is_wrong():
    content = b"id,name\n" + b"".join(f"{n},Größe\n".encode() for n in range(20)) + b"99,bad \xff letter\n"

    found = detect_encoding(content)

    assert found.codec == "utf-8-sig"
    assert not found.is_certain
    assert not is_clean(content, found.codec)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_an_even_table(delimiter):
    rows = [["id", "name", "note"], ["1", "A, B; C", 'said "yes"\nand more'], ["2", "x|y\tz", ""]]
    text = "\n".join(delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)

    assert detect_delimiter(text.encode(), "utf-8") == delimiter


def test_excels_first_line_names_the_delimiter():
    assert detect_delimiter(b"sep=;\r\na,b;c\r\n1,2;3\r\n", "utf-8") == ";"


def test_a_table_of_one_column_is_divided_by_commas():
    assert detect_delimiter(b"name\nApollo\nMercury\n", "utf-8") == ","


@given(st.binary(max_size=400))
def test_no_bytes_break_the_look_at_a_file(content):
    if foreign(content, "x.csv") is None:
        codec = detect_encoding(content).codec
        assert detect_delimiter(content, codec) in {",", ";", "\t", "|"}
