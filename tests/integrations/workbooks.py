"""Workbooks as people and programs write them, and as somebody writes them who means harm."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

TYPES = b"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"""
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]]], fill: Callable[[Any, Any], None] | None = None) -> bytes:
    """Sheets of rows as XlsxWriter writes them; `fill(book, first sheet)` adds what rows cannot say."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        made = [(book.add_worksheet(name), rows) for name, rows in sheets]
        for sheet, rows in made:
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write_string(number, place, cell) if isinstance(cell, str) else sheet.write(
                        number, place, cell
                    )
        if fill:
            fill(book, made[0][0])
    return file.getvalue()


def raw(
    sheet_data: str, *, more: Mapping[str, bytes] | None = None, strings: str = "", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A workbook of one sheet, written tag by tag."""
    links = (
        f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{space}"><Relationship Id="a" Type="{LINKS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}">{links}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        **(more or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def row(number: int, *cells: Any) -> str:
    """A row of texts and numbers."""
    inside = "".join(
        f"<c><v>{cell}</v></c>" if not isinstance(cell, str) else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
        for cell in cells
    )
    return f'<row r="{number}">{inside}</row>'
