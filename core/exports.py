"""Rows as CSV or XLSX files, with formulas made harmless."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

FORMATS = ("csv", "xlsx")
#: A spreadsheet reads a cell that begins like this as a formula (OWASP, CSV injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"


def harmless(value: Any) -> Any:
    """A value as a cell may hold it: text that a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def export(rows: Iterable[Sequence[Any]], *, header: Sequence[str], name: str, file_format: str) -> HttpResponseBase:
    """A download of rows.

    Args:
        rows: cells in the order of `header`.
        name: the file's name without its ending.
        file_format: csv or xlsx; anything else is csv.
    """
    rows = list(rows)  # read now: the file is sent after the request's organization scope has ended
    if file_format == "xlsx":
        return FileResponse(xlsx_file(rows, header), as_attachment=True, filename=f"{name}.xlsx")
    response = StreamingHttpResponse(csv_lines(rows, header), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def csv_lines(rows: Iterable[Sequence[Any]], header: Sequence[str]) -> Iterator[str]:
    """Lines of a CSV file (RFC 4180) that Excel reads as UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BYTE_ORDER_MARK
    writer.writerow([harmless(cell) for cell in header])
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if buffer.tell() > 32_768:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_file(rows: Iterable[Sequence[Any]], header: Sequence[str]) -> io.BytesIO:
    """A workbook of one sheet, written row by row; text is stored as text, never as a formula."""
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, list(header), bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                value = harmless(cell)
                if isinstance(value, str):
                    sheet.write_string(number, column, value[:32_767])
                else:
                    sheet.write_number(number, column, value)
    file.seek(0)
    return file
