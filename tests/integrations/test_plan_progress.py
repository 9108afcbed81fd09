"""The writing of a plan, one long transaction, is seen at work, can be stopped, and leaves all of it or nothing."""

import pytest
from django.db import connection

from events import services as jobs
from events.services import create_all_recorded
from integrations import services
from integrations.models import PlanImport
from projects.models import Activity, Project
from tests.integrations.conftest import upload
from tests.integrations.plans import link, project, task


@pytest.fixture
def plan_begun(acme, alice, program, monkeypatch):
    """A plan of five activities and a link, waiting to be written in steps of two rows."""
    monkeypatch.setattr("projects.services.plan_import.STEP", 2)
    content = project(*[task(number) for number in range(1, 5)], task(5, parts=link(1)))
    plan = services.upload_plan(actor=alice, organization=acme, file=upload("plan.xml", content), in_background=False)
    return services.begin_plan(actor=alice, plan=plan, program=program)


@pytest.fixture
def beside(monkeypatch):
    """Another connection, on which something may be done before each step of a plan that is written."""
    other, steps = connection.copy(), []

    def run(sql):
        def before(kind, *, actor, subjects):
            with other.cursor() as cursor:
                cursor.execute(sql)
                steps.append(cursor.fetchone() if cursor.description else None)
            return create_all_recorded(kind, actor=actor, subjects=subjects)

        monkeypatch.setattr("projects.services.plan_import.create_all_recorded", before)
        return steps

    yield run
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_is_written_in_one_transaction_shows_its_progress_meanwhile(plan_begun, beside, acme):
    steps = beside("SELECT done_count, total_count, message, (SELECT count(*) FROM projects_project) FROM events_job")

    jobs.run_job(jobs.claim_job(acme.pk))

    assert steps == [
        (0, 6, "Writing 5 activities", 0),
        (2, 6, "Writing 5 activities", 0),
        (4, 6, "Writing 5 activities", 0),
        (5, 6, "Writing dependencies", 0),
    ]
    plan_begun.refresh_from_db()
    assert (plan_begun.status, plan_begun.job.status) == ("done", "done")


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_is_stopped_while_it_is_written_leaves_nothing_and_can_be_imported_anew(
    plan_begun, beside, acme, alice, program
):
    beside("UPDATE events_job SET stop_requested_at = now()")

    jobs.run_job(jobs.claim_job(acme.pk))

    plan = PlanImport.objects.get(pk=plan_begun.pk)
    assert (plan.job.status, plan.job.message) == ("stopped", "The import was stopped. Nothing has been written.")
    assert not Project.objects.exists()
    assert plan.can_be_imported
    assert services.begin_plan(actor=alice, plan=plan, program=program).status == "importing"


@pytest.mark.django_db(transaction=True)
def test_a_plan_of_a_worker_that_was_given_up_is_written_once_by_the_next(plan_begun, beside, acme):
    beside("UPDATE events_job SET status = 'queued' WHERE attempt_count = 1")

    jobs.run_job(jobs.claim_job(acme.pk))
    assert not Project.objects.exists()

    jobs.run_job(jobs.claim_job(acme.pk))

    assert PlanImport.objects.get(pk=plan_begun.pk).status == "done"
    assert Activity.objects.count() == 5


def test_the_reading_of_a_large_plan_says_how_far_it_is(acme, alice, monkeypatch):
    monkeypatch.setattr("integrations.services.plans.AT_ONCE_BYTES", 10)
    content = project(*[task(number) for number in range(1, 800)])
    plan = services.upload_plan(actor=alice, organization=acme, file=upload("plan.xml", content))
    words = []

    services.check_plan(actor=alice, plan=plan, report=lambda done, total, message: words.append(message))

    assert words[0] == "Reading the file: 0 %"
    assert len(words) > 3
    assert words[-1] == "Comparing the dates of the file with ours"
