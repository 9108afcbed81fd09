"""An import that is stopped, broken off or run twice at once loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from accounts.models import Membership, Organization, User
from core.access import Role
from core.errors import Conflict
from core.jobs import JOB_HANDLERS, JobStopped
from core.tenancy import organization_scope
from events import services as jobs
from events.models import Job
from integrations import services
from integrations.models import ImportRow, ImportRun
from integrations.services import importing
from portfolio.models import Portfolio
from tests.integrations.conftest import carried_out, counts, csv_text, reasons, undone, upload

FIVE = csv_text("key,name", *[f"{number},P{number}" for number in range(5)])


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("integrations.services.importing.BATCH", 2)


@pytest.fixture
def begun(checked, alice, small_batches):
    run = checked(upload("portfolios.csv", FIVE))
    return services.begin_import(actor=alice, run=run, in_background=False)


def breaking_after(batches: int, error: type[BaseException]):
    def report(done, total=None, message=""):
        if done >= batches * 2:
            raise error

    return report


def test_stop_keeps_what_is_done_says_what_that_is_and_the_rest_can_follow(begun, alice):
    with pytest.raises(JobStopped, match=r"Stopped after 2 of 5 rows\. 2 portfolios created\. They are kept\."):
        services.carry_out_import(actor=alice, run=begun, report=breaking_after(1, JobStopped))

    begun.refresh_from_db()
    assert begun.status == "stopped"
    assert counts(begun, "portfolio") == {"rows": 5, "parked": 0, "created": 2, "pending": 3}
    assert Portfolio.objects.count() == 2

    run = carried_out(alice, begun)
    assert run.status == "done"
    assert sorted(Portfolio.objects.values_list("name", flat=True)) == ["P0", "P1", "P2", "P3", "P4"]


def test_a_worker_that_breaks_between_batches_is_followed_by_one_that_goes_on(begun, alice):
    with pytest.raises(KeyboardInterrupt):
        services.carry_out_import(actor=alice, run=begun, report=breaking_after(1, KeyboardInterrupt))
    assert ImportRow.objects.filter(status="created").count() == Portfolio.objects.count() == 2

    services.carry_out_import(actor=alice, run=begun, report=lambda *args: None)

    assert Portfolio.objects.count() == 5
    assert not ImportRow.objects.filter(status="pending").exists()


def test_a_worker_that_breaks_inside_a_batch_leaves_nothing_of_it(begun, alice, monkeypatch):
    saved = services.importing.RowStore.save
    calls = []

    def break_once(store, rows):
        calls.append(rows)
        if len(calls) == 2:
            raise KeyboardInterrupt
        saved(store, rows)

    monkeypatch.setattr("integrations.services.importing.RowStore.save", break_once)
    with pytest.raises(KeyboardInterrupt):
        services.carry_out_import(actor=alice, run=begun, report=lambda *args: None)
    assert Portfolio.objects.count() == 2

    services.carry_out_import(actor=alice, run=begun, report=lambda *args: None)

    assert Portfolio.objects.count() == 5


def test_the_same_job_delivered_again_after_its_end_does_nothing(begun, alice):
    services.carry_out_import(actor=alice, run=begun, report=lambda *args: None)

    result = services.carry_out_import(actor=alice, run=begun, report=lambda *args: pytest.fail("it worked again"))

    assert "message" in result
    assert Portfolio.objects.count() == 5


def test_as_a_job_it_reports_progress_and_ends_with_a_sentence(checked, alice, acme):
    run = services.begin_import(actor=alice, run=checked(upload("portfolios.csv", FIVE)), result_path="/there/")
    assert (run.job.kind, run.job.status, run.job.result_path) == ("integrations.import", "queued", "/there/")

    job = jobs.claim_job(acme.pk)
    jobs.run_job(job)

    job.refresh_from_db()
    assert (job.status, job.done_count, job.total_count) == ("done", 5, 5)
    assert job.message == "5 portfolios created."


def test_a_job_that_is_asked_to_stop_stops_and_the_import_says_so(checked, alice, acme, small_batches):
    run = services.begin_import(actor=alice, run=checked(upload("portfolios.csv", FIVE)))
    job = jobs.claim_job(acme.pk)
    Job.objects.filter(pk=job.pk).update(stop_requested_at="2026-11-24T00:00Z")

    jobs.run_job(job)

    job.refresh_from_db()
    run.refresh_from_db()
    assert (job.status, run.status) == ("stopped", "stopped")
    assert "They are kept" in job.message


def test_undo_and_check_are_jobs_too(checked, alice, acme):
    assert {"integrations.check", "integrations.import", "integrations.undo"} <= set(JOB_HANDLERS)
    run = carried_out(alice, checked(upload("portfolios.csv", FIVE)))

    services.begin_undo(actor=alice, run=run)
    jobs.run_job(jobs.claim_job(acme.pk))

    run.refresh_from_db()
    assert run.status == "undone"
    assert run.job.message == "5 rows were undone."


def test_an_import_under_way_is_not_begun_again_and_its_files_are_fixed(checked, alice):
    run = services.begin_import(actor=alice, run=checked(upload("portfolios.csv", FIVE)))

    for act in (
        lambda: services.begin_import(actor=alice, run=run),
        lambda: services.begin_undo(actor=alice, run=run),
        lambda: services.leave_out(actor=alice, run=run, rows=[]),
        lambda: services.discard_run(actor=alice, run=run),
    ):
        with pytest.raises(Conflict, match="has begun"):
            act()


def test_an_import_whose_job_failed_can_go_on(checked, alice, acme, small_batches):
    run = services.begin_import(actor=alice, run=checked(upload("portfolios.csv", FIVE)))
    Job.objects.filter(pk=run.job_id).update(status="failed")
    run = ImportRun.objects.get(pk=run.pk)

    run = carried_out(alice, run)

    assert run.status == "done"
    assert Portfolio.objects.count() == 5


KILLED = """
import os, signal, sys
import django
django.setup()
from accounts.models import User
from core.tenancy import organization_scope
from integrations import services
from integrations.models import ImportRun
from integrations.services import importing
importing.BATCH = 2
actor, organization_id, run_id = User.objects.get(pk=int(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
saved = importing.RowStore.save
calls = []
def die_in_the_second_batch(store, rows):
    saved(store, rows)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
importing.RowStore.save = die_in_the_second_batch
with organization_scope(organization_id, actor):
    services.carry_out_import(actor=actor, run=ImportRun.objects.get(pk=run_id), report=lambda *args: None)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_process_that_is_killed_mid_batch_is_followed_without_loss_or_doubles(small_batches):
    organization = Organization.objects.create(name="Killed", slug="killed")
    actor = User.objects.create_user("k@killed.example", "correct horse battery", name="K")
    with organization_scope(organization, actor):
        Membership.objects.create(organization=organization, user=actor, role=Role.OWNER)
        run = services.upload_files(actor=actor, organization=organization, files=[upload("portfolios.csv", FIVE)])
        run = services.begin_import(actor=actor, run=services.request_check(actor=actor, run=run), in_background=False)
        arguments = [str(number) for number in (actor.pk, organization.pk, run.pk)]

        killed = subprocess.run(
            [sys.executable, "-c", KILLED, *arguments], cwd=settings.BASE_DIR, env=dict(os.environ), check=False
        )

        assert killed.returncode == -signal.SIGKILL
        connection.close()
        assert Portfolio.objects.count() == ImportRow.objects.filter(status="created").count() == 2
        services.carry_out_import(actor=actor, run=run, report=lambda *args: None)
        assert sorted(Portfolio.objects.values_list("name", flat=True)) == ["P0", "P1", "P2", "P3", "P4"]
        assert not ImportRow.objects.filter(status="pending").exists()


@pytest.fixture
def check_begun(acme, alice, monkeypatch):
    """An import whose check is so long that it is a job; nobody has begun it."""
    monkeypatch.setattr("integrations.services.checking.ROWS_WHILE_WAITING", 2)
    run = services.upload_files(actor=alice, organization=acme, files=[upload("portfolios.csv", FIVE)])
    return services.request_check(actor=alice, run=run)


def test_a_check_that_is_stopped_on_its_way_can_be_begun_anew(check_begun, alice, acme):
    job = jobs.claim_job(acme.pk)
    Job.objects.filter(pk=job.pk).update(stop_requested_at="2026-11-24T00:00Z")

    jobs.run_job(job)

    job.refresh_from_db()
    check_begun.refresh_from_db()
    assert (job.status, job.message) == ("stopped", "The check was stopped. Nothing has been written.")
    assert check_begun.status == "draft"
    assert services.request_check(actor=alice, run=check_begun).status == "checking"


@pytest.mark.parametrize("end", ["stopped", "failed"])
def test_a_check_whose_job_ended_without_it_leaves_the_import_open(check_begun, client, alice, end):
    Job.objects.filter(pk=check_begun.job_id).update(status=end)
    client.force_login(alice)

    page = client.get(f"/o/acme/imports/{check_begun.pk}/check/", follow=True)
    part = client.get(f"/o/acme/imports/{check_begun.pk}/check/", headers={"HX-Request": "true"})

    assert page.redirect_chain[-1][0].endswith("/columns/")
    words = {"stopped": "The check was stopped.", "failed": "The check broke off."}[end]
    assert words in page.content.decode()
    assert part.headers["HX-Redirect"].endswith("/columns/")
    services.discard_run(actor=alice, run=check_begun)
    assert not ImportRun.objects.exists()


def test_an_import_that_broke_off_can_be_undone_instead_of_finished(checked, client, alice, acme, small_batches):
    run = services.begin_import(actor=alice, run=checked(upload("portfolios.csv", FIVE)))
    with pytest.raises(KeyboardInterrupt):
        services.carry_out_import(actor=alice, run=run, report=breaking_after(1, KeyboardInterrupt))
    Job.objects.filter(pk=run.job_id).update(status="failed")
    client.force_login(alice)

    page = client.get(f"/o/acme/imports/{run.pk}/").content.decode()
    run = undone(alice, ImportRun.objects.get(pk=run.pk))

    assert "Undo the import" in page
    assert "Import the other 3 rows" in page
    assert run.status == "undone"
    assert not Portfolio.objects.live().exists()


def test_a_key_that_another_import_takes_at_the_same_moment_is_found_at_the_second_try(begun, alice, monkeypatch):
    create, calls = importing.Writer.create, []

    def create_late(writer, kind, values):
        calls.append(values["external_key"])
        if len(calls) == 1:
            raise IntegrityError("duplicate key value violates unique constraint")
        return create(writer, kind, values)

    monkeypatch.setattr(importing.Writer, "create", create_late)

    services.carry_out_import(actor=alice, run=begun, report=lambda *args: None)

    assert calls == ["0", "0", "1", "2", "3", "4"]
    assert Portfolio.objects.count() == 5


def test_a_row_that_the_database_never_takes_fails_alone(begun, alice, monkeypatch):
    create = importing.Writer.create

    def refuse_one(writer, kind, values):
        if values["external_key"] == "1":
            raise IntegrityError("violates check constraint")
        return create(writer, kind, values)

    monkeypatch.setattr(importing.Writer, "create", refuse_one)

    services.carry_out_import(actor=alice, run=begun, report=lambda *args: None)

    begun.refresh_from_db()
    assert counts(begun, "portfolio") == {"rows": 5, "parked": 0, "created": 4, "failed": 1}
    assert reasons(begun) == [
        "The database did not take it, beside what is here by now. Check it again in a new import."
    ]


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_rows_at_the_same_time_make_each_row_once():
    organization = Organization.objects.create(name="Twice", slug="twice")
    actor = User.objects.create_user("t@twice.example", "correct horse battery", name="T")
    with organization_scope(organization, actor):
        Membership.objects.create(organization=organization, user=actor, role=Role.OWNER)
        runs = []
        for _ in range(2):
            file = upload("portfolios.csv", csv_text("key,name", *[f"{n},P{n}" for n in range(60)]))
            run = services.upload_files(actor=actor, organization=organization, files=[file])
            run = services.request_check(actor=actor, run=run)
            runs.append(services.begin_import(actor=actor, run=run, in_background=False))

    def work(run):
        try:
            with organization_scope(organization, actor):
                services.carry_out_import(actor=actor, run=run, report=lambda *args: None)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, runs))

    with organization_scope(organization, actor):
        assert Portfolio.objects.count() == 60
        assert ImportRow.objects.filter(status="created").count() == 60
        assert ImportRow.objects.filter(status="unchanged").count() == 60
