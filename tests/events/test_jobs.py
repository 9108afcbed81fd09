"""Long work is a row: claimed by one worker, watched, stopped, taken up again when its worker is lost."""

import datetime
import threading

import pytest
from celery import current_app
from django.db import connection, connections, transaction
from django.utils import timezone

from core.errors import Conflict, NotAllowed
from core.jobs import JOB_HANDLERS, JOB_QUEUES
from core.tenancy import organization_scope
from events import services, tasks
from events.models import Event, Job, JobStatus
from projects.models import Project
from tests.rows import fresh


@pytest.fixture
def handler(monkeypatch):
    """Register what jobs of kind `test.job` do."""

    def register(function):
        monkeypatch.setitem(JOB_HANDLERS, "test.job", function)

    register(lambda progress: {"message": "Did it."})
    return register


@pytest.fixture
def job(acme, bob, handler):
    return services.start_job(actor=bob, organization=acme, kind="test.job", title="Import of 3 rows", payload={"n": 3})


def test_a_started_job_waits_and_is_in_the_log(job, bob):
    assert job.status == JobStatus.QUEUED
    assert Event.objects.get().kind == "job.queued"


def test_a_viewer_may_start_none(acme, vera, handler):
    with pytest.raises(NotAllowed):
        services.start_job(actor=vera, organization=acme, kind="test.job", title="x", payload={})


def test_a_kind_that_nobody_handles_is_refused_at_once(acme, bob):
    with pytest.raises(KeyError):
        services.start_job(actor=bob, organization=acme, kind="no.such", title="x", payload={})


def test_a_claimed_job_runs_to_its_end_and_keeps_its_result(job, acme, handler):
    handler(lambda progress: {"message": "Added 3.", "added": progress.payload["n"]})

    services.run_job(services.claim_job(acme.pk))

    done = fresh(job)
    assert (done.status, done.message, done.result["added"]) == (JobStatus.DONE, "Added 3.", 3)
    assert done.done_ratio == 1.0
    assert Event.objects.filter(kind="job.done").exists()
    assert services.claim_job(acme.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_only_one_claims_a_job(job, acme):
    claimed = []

    def work():
        with organization_scope(acme):
            claimed.append(services.claim_job(acme.pk))
        connections.close_all()

    with transaction.atomic():
        claimed.append(services.claim_job(acme.pk))
        second = threading.Thread(target=work)
        second.start()
        second.join(10)

    assert [row and row.pk for row in claimed] == [job.pk, None]


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_two_jobs(job, acme, bob):
    services.start_job(actor=bob, organization=acme, kind="test.job", title="Another", payload={})
    claimed = []

    def work():
        with organization_scope(acme):
            claimed.append(services.claim_job(acme.pk))
        connections.close_all()

    with transaction.atomic():
        claimed.append(services.claim_job(acme.pk))
        second = threading.Thread(target=work)
        second.start()
        second.join(10)

    assert len({row.pk for row in claimed}) == 2


@pytest.fixture
def solving(acme, bob, handler, monkeypatch):
    """A job of a kind that optimizes, which waits beside the other."""
    monkeypatch.setitem(JOB_HANDLERS, "test.solve", lambda progress: {"message": "Solved."})
    monkeypatch.setitem(JOB_QUEUES, "test.solve", "solver")
    return services.start_job(actor=bob, organization=acme, kind="test.solve", title="Levelling", payload={})


def test_workers_of_a_queue_take_its_jobs_alone(job, solving, acme):
    assert services.waiting_queues(acme.pk) == {"default", "solver"}
    assert services.claim_job(acme.pk, "solver").pk == solving.pk
    assert services.claim_job(acme.pk, "solver") is None
    assert services.claim_job(acme.pk, "default").pk == job.pk
    assert services.waiting_queues(acme.pk) == set()


def test_a_long_search_holds_no_other_job(job, solving, acme):
    tasks.run_jobs(organization_id=acme.pk)

    assert (fresh(job).status, fresh(solving).status) == (JobStatus.DONE, JobStatus.QUEUED)
    tasks.run_solver_jobs(organization_id=acme.pk)
    assert fresh(solving).message == "Solved."


def test_levelling_is_sent_to_the_workers_that_optimize(acme, bob, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    for task in ("events.run_jobs", "events.run_solver_jobs"):
        monkeypatch.setattr(current_app.tasks[task], "apply_async", lambda task=task, **options: sent.append(task))

    with django_capture_on_commit_callbacks(execute=True):
        for kind in ("projects.levelling", "integrations.import"):
            services.start_job(actor=bob, organization=acme, kind=kind, title="x", payload={})

    assert [task for task in sent if task != "events.ring_followers"] == ["events.run_solver_jobs", "events.run_jobs"]
    route = current_app.amqp.router.route({}, "events.run_solver_jobs")
    assert route["queue"].name == "solver"
    assert current_app.amqp.router.route({}, "events.run_jobs")["queue"].name == "default"


def test_the_sweep_rings_workers_of_each_queue_that_has_work(job, solving, acme, monkeypatch):
    rung = []
    for task in ("events.run_jobs", "events.run_solver_jobs"):
        monkeypatch.setattr(current_app.tasks[task], "delay", lambda task=task, **options: rung.append(task))

    tasks.sweep()

    assert sorted(rung) == ["events.run_jobs", "events.run_solver_jobs"]


def test_progress_is_kept_in_the_row_with_an_estimate(job, acme, handler):
    seen = []

    def half(progress):
        progress.report(50, 100, "Half.")
        Job.objects.filter(pk=job.pk).update(started_at=timezone.now() - datetime.timedelta(seconds=20))
        seen.append(fresh(job))
        return {}

    handler(half)
    services.run_job(services.claim_job(acme.pk))

    assert (seen[0].done_count, seen[0].total_count, seen[0].message) == (50, 100, "Half.")
    assert seen[0].done_ratio == 0.5
    assert 18 <= seen[0].remaining_seconds <= 22


@pytest.mark.django_db(transaction=True)
def test_progress_of_work_in_one_transaction_is_seen_at_once_and_kept_when_it_is_rolled_back(job, acme, handler):
    seen, beside = [], connection.copy()

    def in_one_go(progress):
        with transaction.atomic():
            Job.objects.filter(pk=job.pk).first()
            progress.report(50, 100, "Half.")
            with beside.cursor() as cursor:
                cursor.execute("SELECT done_count, message FROM events_job WHERE id = %s", [job.pk])
                seen.append(cursor.fetchone())
            raise Conflict("It does not fit.")

    handler(in_one_go)
    services.run_job(services.claim_job(acme.pk))
    beside.close()

    assert seen == [(50, "Half.")]
    assert (fresh(job).status, fresh(job).done_count, fresh(job).message) == ("failed", 50, "It does not fit.")


def test_a_job_whose_worker_is_silent_for_long_is_taken_up_again(job, acme):
    services.claim_job(acme.pk)
    assert services.requeue_lost_jobs(acme.pk) == 0

    Job.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(seconds=61))

    assert services.requeue_lost_jobs(acme.pk) == 1
    assert services.claim_job(acme.pk).attempt_count == 2


def test_a_job_that_loses_its_worker_five_times_fails(job, acme):
    for _ in range(5):
        assert services.claim_job(acme.pk) is not None
        Job.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(minutes=5))
        services.requeue_lost_jobs(acme.pk)

    assert fresh(job).status == JobStatus.FAILED
    assert fresh(job).attempt_count == 5
    assert services.claim_job(acme.pk) is None


def test_stopping_keeps_what_is_done_and_says_what_that_is(job, acme, bob, project, handler):
    def work(progress):
        for done in range(1, 4):
            Project.objects.update(description=f"row {done}")
            if done == 2:
                services.request_stop(actor=bob, job=job)
            progress.report(done, 3)
        return {}

    handler(work)
    services.run_job(services.claim_job(acme.pk))

    stopped = fresh(job)
    assert stopped.status == JobStatus.STOPPED
    assert stopped.done_count == 2
    assert "2 of 3" in stopped.message
    assert Project.objects.get().description == "row 2"


def test_a_job_stopped_before_it_began_never_runs(job, acme, bob):
    services.request_stop(actor=bob, job=job)

    assert fresh(job).status == JobStatus.STOPPED
    assert services.claim_job(acme.pk) is None


def test_others_stop_a_job_only_when_they_lead(job, alice, petra):
    with pytest.raises(NotAllowed):
        services.request_stop(actor=petra, job=job)

    assert services.request_stop(actor=alice, job=job).status == JobStatus.STOPPED


def test_a_finished_job_cannot_be_stopped(job, acme, bob):
    services.run_job(services.claim_job(acme.pk))

    with pytest.raises(Conflict, match="finished already"):
        services.request_stop(actor=bob, job=job)


def test_a_job_that_is_refused_says_why(job, acme, handler):
    def refuse(progress):
        raise Conflict("The file is empty.")

    handler(refuse)
    services.run_job(services.claim_job(acme.pk))

    assert (fresh(job).status, fresh(job).message) == (JobStatus.FAILED, "The file is empty.")


def test_a_job_that_breaks_does_not_take_the_worker_with_it(job, acme, handler):
    handler(lambda progress: 1 / 0)

    services.run_job(services.claim_job(acme.pk))

    assert fresh(job).status == JobStatus.FAILED
    assert "ZeroDivisionError" in fresh(job).error
    assert "ZeroDivisionError" not in fresh(job).message


def test_a_job_taken_from_a_silent_worker_is_not_ended_by_it(job, acme, handler):
    """The silent worker comes back after the job was given to another, which has ended it."""
    late = services.claim_job(acme.pk)
    Job.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(minutes=5))
    services.requeue_lost_jobs(acme.pk)
    services.run_job(services.claim_job(acme.pk))
    handler(lambda progress: progress.report(1, 3) or {"message": "late"})

    services.run_job(late)

    assert (fresh(job).status, fresh(job).message) == (JobStatus.DONE, "Did it.")


def test_of_two_workers_on_one_job_the_one_thought_lost_stops_and_ends_nothing(job, acme, handler):
    late = services.claim_job(acme.pk)
    Job.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(minutes=5))
    services.requeue_lost_jobs(acme.pk)
    services.claim_job(acme.pk)
    handler(lambda progress: progress.report(1, 3) or {"message": "late"})

    services.run_job(late)

    assert (fresh(job).status, fresh(job).done_count) == (JobStatus.RUNNING, 0)


def test_a_job_of_another_organization_is_neither_claimed_nor_seen(job, other):
    with organization_scope(other):
        assert services.claim_job(other.pk) is None
        assert not Job.objects.exists()
