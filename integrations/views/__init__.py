"""Pages of imports: the wizard from upload to result, and the list."""

from integrations.views.checking import import_answer, import_cell, import_check
from integrations.views.listing import import_example, import_list
from integrations.views.matching import import_file, import_map
from integrations.views.plans import (
    plan_create,
    plan_detail,
    plan_discard,
    plan_run,
    plan_undo,
    program_mspdi,
    project_mspdi,
)
from integrations.views.running import (
    import_detail,
    import_file_refused,
    import_rows,
    import_run,
    import_undo,
)
from integrations.views.uploading import import_add_files, import_create, import_discard, import_file_remove

__all__ = [
    "import_add_files",
    "import_answer",
    "import_cell",
    "import_check",
    "import_create",
    "import_detail",
    "import_discard",
    "import_example",
    "import_file",
    "import_file_refused",
    "import_file_remove",
    "import_list",
    "import_map",
    "import_rows",
    "import_run",
    "import_undo",
    "plan_create",
    "plan_detail",
    "plan_discard",
    "plan_run",
    "plan_undo",
    "program_mspdi",
    "project_mspdi",
]
