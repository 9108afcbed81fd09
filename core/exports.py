"""Rows as CSV or XLSX files, with formulas made harmless."""

import csv
import datetime
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from core.amounts import are_hidden

FORMATS = ("csv", "xlsx")
#: A spreadsheet reads a cell that begins like this as a formula (OWASP, CSV injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"
#: How a workbook shows days and moments; both are dates to it, to sort, filter and reckon with.
DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
#: Excel keeps 15 digits of a number; a longer one, a key for example, stays text.
MOST_DIGITS = 15
#: Before it, a workbook knows no days.
FIRST_DAY = datetime.date(1900, 3, 1)


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


class Amount(str):
    """The head of a column of amounts, or of what is figured from them: left out of files where they are hidden."""

    __slots__ = ()


def export(rows: Iterable[Sequence[Any]], *, header: Sequence[str], name: str, file_format: str) -> HttpResponseBase:
    """A download of rows.

    Args:
        rows: cells in the order of `header`.
        name: the file's name without its ending.
        file_format: csv or xlsx; anything else is csv.
    """
    rows = list(rows)  # read now: the file is sent after the request's organization scope has ended
    if are_hidden():
        kept = [place for place, head in enumerate(header) if not isinstance(head, Amount)]
        header, rows = [header[place] for place in kept], [[row[place] for place in kept] for row in rows]
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
    """A workbook of one sheet, written row by row: days as days, numbers as numbers, text never as a formula."""
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day, moment = (book.add_format({"num_format": shape}) for shape in (DAY_FORMAT, MOMENT_FORMAT))
        for column, name in enumerate(header):
            sheet.write_string(0, column, str(harmless(name)), bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(header) - 1, 0), 14)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, day, moment)
    file.seek(0)
    return file


def _write(sheet: Any, row: int, column: int, cell: Any, day: Any, moment: Any) -> None:
    if isinstance(cell, datetime.datetime) and cell.date() >= FIRST_DAY:
        # A workbook knows no time zones: it gets the wall clock of the application's.
        local = timezone.localtime(cell) if timezone.is_aware(cell) else cell
        sheet.write_datetime(row, column, local.replace(tzinfo=None, microsecond=0), moment)
    elif isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime) and cell >= FIRST_DAY:
        sheet.write_datetime(row, column, datetime.datetime.combine(cell, datetime.time()), day)
    elif _is_exact_number(value := harmless(cell)):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:32_767])


def _is_exact_number(value: Any) -> bool:
    """A number that a workbook gives back as it is."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value) < 10**MOST_DIGITS
    return isinstance(value, int) and abs(value) < 10**MOST_DIGITS
