"""Jobs are watched, left, come back to and stopped."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from core.jobs import JOB_HANDLERS
from core.tenancy import organization_scope
from events import services
from events.models import Job, JobStatus

HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(acme, bob, monkeypatch):
    monkeypatch.setitem(JOB_HANDLERS, "test.job", lambda progress: {"message": "Added 3 rows.", "added": 3})
    return services.start_job(actor=bob, organization=acme, kind="test.job", title="Import of plan.csv", payload={})


@pytest.fixture
def viewer(client, bob):
    client.force_login(bob)
    return client


def page(name, *args):
    return reverse(f"events:{name}", args=args)


def text(response):
    return response.getvalue().decode()


def test_the_list_shows_what_waits_runs_and_has_ended(viewer, job, acme):
    assert "Waiting" in text(viewer.get(page("job-list")))

    services.run_job(services.claim_job(acme.pk))

    html = text(viewer.get(page("job-list")))
    assert "Done" in html
    assert "Added 3 rows." in html


def test_the_list_asks_for_itself_only_while_something_moves(viewer, job, acme):
    assert 'hx-trigger="every 3s"' in text(viewer.get(page("job-list")))

    services.run_job(services.claim_job(acme.pk))

    assert 'hx-trigger="every 3s"' not in text(viewer.get(page("job-list"), headers=HTMX))


def test_the_list_is_filtered_and_sorted(viewer, job, bob, alice):
    assert "plan.csv" in text(viewer.get(page("job-list"), {"status": "queued", "started_by": bob.pk, "sort": "title"}))
    assert "No jobs match these filters" in text(viewer.get(page("job-list"), {"status": "failed"}))


def test_an_empty_list_says_what_jobs_are(viewer, acme):
    assert "No jobs yet" in text(viewer.get(page("job-list")))


def test_a_running_job_has_a_bar_that_asks_for_itself(viewer, job, acme):
    services.claim_job(acme.pk)
    Job.objects.update(done_count=1, total_count=4)

    html = text(viewer.get(page("job-detail", job.pk)))

    assert '<progress class="scale" max="100" value="25"' in html
    assert f'hx-get="{page("job-status", job.pk)}" hx-trigger="every 2s"' in html


def test_a_job_whose_worker_is_silent_says_so_instead_of_the_time_left(viewer, job, acme):
    services.claim_job(acme.pk)
    now = timezone.now()
    start = now - datetime.timedelta(minutes=2)
    Job.objects.update(done_count=1, total_count=4, started_at=start, heartbeat_at=now)
    assert "left; you can leave this page" in text(viewer.get(page("job-detail", job.pk)))

    Job.objects.update(heartbeat_at=now - datetime.timedelta(seconds=40))

    html = text(viewer.get(page("job-detail", job.pk)))
    assert "its worker is silent" in html
    assert "left; you can leave" not in html


def test_without_script_the_page_says_to_reload(viewer, job):
    assert "Reload this page" in text(viewer.get(page("job-detail", job.pk)))


def test_a_finished_job_stops_asking_and_shows_its_result(viewer, job, acme):
    services.run_job(services.claim_job(acme.pk))

    status = viewer.get(page("job-status", job.pk), headers=HTMX)
    whole = text(viewer.get(page("job-detail", job.pk)))

    assert "hx-trigger" not in text(status)
    assert status["HX-Trigger"] == "portolan:job-ended"
    assert "<dt>Added</dt><dd>3</dd>" in whole


def test_on_its_own_page_the_end_of_a_job_loads_the_page_anew(viewer, job, acme):
    services.run_job(services.claim_job(acme.pk))
    here = {**HTMX, "HX-Current-URL": f"http://testserver{page('job-detail', job.pk)}"}

    assert viewer.get(page("job-status", job.pk), headers=here)["HX-Refresh"] == "true"


def test_what_the_server_wrote_is_for_those_who_lead(client, viewer, job, acme, alice, monkeypatch):
    monkeypatch.setitem(JOB_HANDLERS, "test.job", lambda progress: 1 / 0)
    services.run_job(services.claim_job(acme.pk))

    assert "ZeroDivisionError" not in text(viewer.get(page("job-detail", job.pk)))
    client.force_login(alice)
    assert "ZeroDivisionError" in text(client.get(page("job-detail", job.pk)))


def test_its_person_stops_a_job(viewer, job):
    response = viewer.post(page("job-stop", job.pk))

    assert response["Location"] == page("job-detail", job.pk)
    assert Job.objects.get().status == JobStatus.STOPPED


def test_stopping_by_htmx_answers_with_the_bar(viewer, job, acme):
    services.claim_job(acme.pk)

    html = text(viewer.post(page("job-stop", job.pk), headers=HTMX))

    assert "stopping; what is done is kept" in html
    assert Job.objects.get().stop_requested_at is not None


def test_a_stop_pressed_twice_is_refused_in_words(viewer, job):
    viewer.post(page("job-stop", job.pk))

    response = viewer.post(page("job-stop", job.pk))

    assert response.status_code == 409
    assert "finished already" in text(response)


def test_somebody_else_sees_no_stop_and_may_not(client, job, vera):
    client.force_login(vera)

    assert page("job-stop", job.pk) not in text(client.get(page("job-detail", job.pk)))
    assert client.post(page("job-stop", job.pk)).status_code == 403
    assert Job.objects.get().status == JobStatus.QUEUED


def test_an_outsider_finds_no_job(client, job, charlie, other):
    client.force_login(charlie)
    for name in ("job-detail", "job-status"):
        assert client.get(page(name, job.pk)).status_code == 404
    assert client.post(page("job-stop", job.pk)).status_code == 404
    with organization_scope(other):
        assert client.get(page("job-detail", job.pk)).status_code == 404
        assert "plan.csv" not in text(client.get(page("job-list")))


def test_other_methods_are_refused(viewer, job):
    assert viewer.get(page("job-stop", job.pk)).status_code == 405
    assert viewer.post(page("job-list")).status_code == 405
    assert viewer.post(page("job-detail", job.pk)).status_code == 405


def test_fifty_jobs_cost_as_many_queries_as_one(
    viewer, job, acme, bob, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(12) as few:
        viewer.get(page("job-list"))
    for number in range(49):
        services.start_job(actor=bob, organization=acme, kind="test.job", title=f"Job {number}", payload={})

    with django_assert_num_queries(len(few)):
        viewer.get(page("job-list"))
