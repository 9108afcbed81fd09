"""The bytes of a file as the table that they hold."""

from integrations.algorithms.tables import SheetTable, TextTable
from integrations.algorithms.workbooks import Workbook
from integrations.models import ImportFile


def table_of(file: ImportFile, content: bytes) -> TextTable | SheetTable:
    """The table that a file holds, read as the file says: a sheet of a workbook, or text.

    Raises:
        NoTable: it is a workbook that cannot be read.
    """
    if file.sheet:
        return SheetTable(Workbook(content), file.sheet)
    return TextTable(content, file.encoding, file.delimiter)
