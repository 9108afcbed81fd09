"""Every write of an import: taking files in, answering, checking, importing, undoing."""

from integrations.services.answering import (
    answer_default,
    answer_order,
    answer_value,
    correct_cell,
    give_reason,
    leave_out,
    make_from_names,
    match_columns,
    take_as_they_are,
)
from integrations.services.checking import check_run, request_check
from integrations.services.importing import begin_import, carry_out_import
from integrations.services.plans import (
    begin_plan,
    carry_out_plan,
    check_plan,
    discard_plan,
    undo_plan,
    upload_plan,
)
from integrations.services.undoing import begin_undo, carry_out_undo
from integrations.services.uploading import (
    Upload,
    add_files,
    change_kind,
    choose_sheet,
    discard_run,
    remove_file,
    reread_file,
    upload_files,
)

__all__ = [
    "Upload",
    "add_files",
    "answer_default",
    "answer_order",
    "answer_value",
    "begin_import",
    "begin_plan",
    "begin_undo",
    "carry_out_import",
    "carry_out_plan",
    "carry_out_undo",
    "change_kind",
    "check_plan",
    "check_run",
    "correct_cell",
    "discard_plan",
    "choose_sheet",
    "discard_run",
    "give_reason",
    "leave_out",
    "make_from_names",
    "match_columns",
    "remove_file",
    "request_check",
    "reread_file",
    "take_as_they_are",
    "undo_plan",
    "upload_files",
    "upload_plan",
]
