"""Files as people upload them, the HHS portfolio, and an import from upload to end without a worker."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings

from integrations import services
from integrations.models import ImportRun
from integrations.services import Upload

HHS = Path(settings.BASE_DIR).parent / "shared" / "data" / "hhs-portfolio"
HHS_FILES = ("portfolios.csv", "programs.csv", "projects.csv", "activities.csv", "metrics.csv")


def upload(name: str, content: str | bytes) -> Upload:
    data = content.encode() if isinstance(content, str) else content
    return Upload(name, len(data), lambda: data)


def hhs_files() -> list[Upload]:
    return [upload(name, (HHS / name).read_bytes()) for name in HHS_FILES]


@pytest.fixture
def hhs() -> list[Upload]:
    """The five files of the HHS portfolio, as they are."""
    if not HHS.is_dir():
        pytest.skip("the HHS portfolio is not beside this project (../shared/data/hhs-portfolio)")
    return hhs_files()


@pytest.fixture
def checked(acme, alice):
    """`checked(file, …)` uploads files as Alice, and checks them; nothing is written."""

    def make(*files: Upload, actor=alice, reason="") -> ImportRun:
        run = services.upload_files(actor=actor, organization=acme, files=files, reason=reason)
        return services.request_check(actor=actor, run=run)

    return make


@pytest.fixture
def imported(checked, alice):
    """`imported(file, …)` does all of it, in this process."""

    def make(*files: Upload, actor=alice, reason="") -> ImportRun:
        return carried_out(actor, checked(*files, actor=actor, reason=reason))

    return make


def carried_out(actor, run: ImportRun, report=None) -> ImportRun:
    services.begin_import(actor=actor, run=run, in_background=False)
    services.carry_out_import(actor=actor, run=run, report=report or (lambda *args: None))
    run.refresh_from_db()
    return run


def undone(actor, run: ImportRun) -> ImportRun:
    services.begin_undo(actor=actor, run=run, in_background=False)
    services.carry_out_undo(actor=actor, run=run, report=lambda *args: None)
    run.refresh_from_db()
    return run


def said(run: ImportRun) -> list[str]:
    """What the check found, in words."""
    return [finding["heading"] for finding in run.findings]


def reasons(run: ImportRun) -> list[str]:
    """What is said about each row that has something said about it, in the order of the files."""
    return [row.reasons for row in run.rows.order_by("file__position", "number") if row.messages]


def counts(run: ImportRun, kind: str) -> dict[str, int]:
    return run.totals[kind]


def csv_text(header: str, *lines: str) -> str:
    return "\r\n".join([header, *lines]) + "\r\n"


def names(rows: Iterable) -> list[str]:
    return [row.name for row in rows]
