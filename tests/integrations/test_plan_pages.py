"""People and programs upload Microsoft Project files, look, confirm, undo, and download plans."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test.client import MULTIPART_CONTENT as MULTIPART
from django.urls import reverse

from core.jobs import JOB_HANDLERS
from events import services as jobs
from events.models import Job
from integrations.algorithms.mspdi import read_mspdi
from integrations.algorithms.mspdi_exchange import exchange_of
from integrations.models import PlanImport
from projects.models import Activity, Dependency, Project
from projects.services import create_activity
from tests.filling import text_of
from tests.integrations.plans import link, project, task

CONTENT = project(task(1, "Dig", Cost=12345), task(2, "Pour", parts=link(1)))


def url(name, *args):
    return reverse(f"integrations:{name}", args=args)


def sent(content=CONTENT, name="apollo.xml"):
    return SimpleUploadedFile(name, content, content_type="text/xml")


def run_waiting(acme):
    while job := jobs.claim_job(acme.pk):
        jobs.run_job(job)


@pytest.fixture
def uploaded(client, alice, acme):
    client.force_login(alice)
    client.post(url("plan-create"), {"file": sent()})
    return PlanImport.objects.get()


def test_an_upload_shows_what_it_becomes_and_writes_nothing(client, uploaded):
    page = text_of(client.get(url("plan-detail", uploaded.pk)))

    assert "Import 2 activities" in page
    assert "Dig" in page
    assert not Activity.with_roots.exists()


def test_a_plan_is_imported_as_a_job_into_the_program_that_is_chosen(client, uploaded, acme, program):
    answer = client.post(
        url("plan-run", uploaded.pk), {"project_name": "Pit", "program": program.pk, "version": uploaded.version}
    )
    run_waiting(acme)

    assert answer.status_code == 302
    new = Project.objects.get()
    assert (new.name, new.program, new.activities.count()) == ("Pit", program, 2)
    assert Job.objects.get().result_path.endswith(f"/imports/plans/{uploaded.pk}/")
    assert "Undo the import" in text_of(client.get(url("plan-detail", uploaded.pk)))
    assert Activity.objects.get(name="Dig").planned_cost_amount == Decimal("123.45")


def test_without_a_home_the_page_says_what_to_choose_and_keeps_what_was_typed(client, uploaded):
    answer = client.post(url("plan-run", uploaded.pk), {"project_name": "Pit", "version": uploaded.version})

    assert answer.status_code == 422
    assert "Choose a program or a portfolio" in text_of(answer)
    assert 'value="Pit"' in text_of(answer)


def test_an_import_is_undone_from_its_page(client, uploaded, acme, program):
    client.post(url("plan-run", uploaded.pk), {"project_name": "Pit", "program": program.pk})
    run_waiting(acme)

    client.post(url("plan-undo", uploaded.pk))

    assert Project.objects.get().is_archived
    assert "Undone" in text_of(client.get(url("plan-detail", uploaded.pk)))


def test_a_file_is_discarded(client, uploaded):
    client.post(url("plan-discard", uploaded.pk))

    assert not PlanImport.objects.exists()


def test_a_file_that_is_something_else_is_refused_at_the_field(client, alice, acme):
    client.force_login(alice)

    answer = client.post(url("plan-create"), {"file": sent(b"PK\x03\x04", "plan.mpp")})

    assert answer.status_code == 422
    assert "ZIP archive" in text_of(answer)


def test_a_refused_file_has_a_page_with_the_reason(client, alice, acme):
    client.force_login(alice)

    answer = client.post(url("plan-create"), {"file": sent(CONTENT[:-20])}, follow=True)

    assert "breaks off" in text_of(answer)


def test_a_large_file_is_read_as_a_job(client, alice, acme, monkeypatch):
    monkeypatch.setattr("integrations.services.plans.AT_ONCE_BYTES", 10)
    client.force_login(alice)

    answer = client.post(url("plan-create"), {"file": sent()}, follow=True)
    assert "Being read" in text_of(answer)
    run_waiting(acme)

    assert PlanImport.objects.get().status == "checked"
    assert {"integrations.check_plan", "integrations.import_plan"} <= JOB_HANDLERS.keys()


def test_contributors_are_refused_and_strangers_find_nothing(client, bob, charlie, uploaded):
    client.force_login(bob)
    assert client.get(url("plan-detail", uploaded.pk)).status_code == 403
    assert client.post(url("plan-create"), {"file": sent()}).status_code == 403
    client.force_login(charlie)
    assert client.get(url("plan-detail", uploaded.pk)).status_code == 404


def test_the_list_of_imports_names_the_file(client, uploaded):
    assert "apollo.xml" in text_of(client.get(url("import-list")))


@pytest.fixture
def site(alice, project):
    first = create_activity(actor=alice, project=project, name="Dig", is_manual=False, duration_minutes=480)
    second = create_activity(actor=alice, project=project, name="Pour", is_manual=False, duration_minutes=960)
    Dependency.objects.create(organization=project.organization, predecessor=first, successor=second)
    return project


def read(content: bytes):
    return exchange_of(read_mspdi(io.BytesIO(content)), name="x")[0]


def test_everyone_downloads_a_project_as_a_microsoft_project_file(client, vera, site):
    client.force_login(vera)

    answer = client.get(url("project-mspdi", site.pk))

    assert answer["Content-Disposition"] == 'attachment; filename="apollo.xml"'
    plan = read(b"".join(answer.streaming_content))
    assert [one.name for one in plan.activities] == ["Dig", "Pour"]
    assert len(plan.links) == 1


def test_a_program_is_one_file_with_a_summary_for_each_project_and_the_links_between_them(
    client, alice, vera, site, program
):
    other = Project.objects.create(
        organization=site.organization, program=program, code="ROAD", name="Road", currency="USD"
    )
    last = create_activity(actor=alice, project=other, name="Pave", is_manual=False, duration_minutes=480)
    Dependency.objects.create(
        organization=site.organization, predecessor=Activity.objects.get(name="Pour"), successor=last,
        crosses_projects=True,
    )  # fmt: skip
    client.force_login(vera)

    plan = read(b"".join(client.get(url("program-mspdi", program.pk)).streaming_content))

    assert [(one.level, one.name) for one in plan.activities] == [
        (1, "Apollo"), (2, "Dig"), (2, "Pour"), (1, "Road"), (2, "Pave"),
    ]  # fmt: skip
    assert [(one.predecessor, one.successor) for one in plan.links] == [(2, 3), (3, 5)]


def test_a_program_without_projects_says_so(client, vera, program):
    client.force_login(vera)

    assert client.get(url("program-mspdi", program.pk)).status_code == 409


def test_over_rest_a_file_is_uploaded_looked_at_confirmed_and_undone(api, acme, program):
    made = api.post("/api/v1/plan-imports/", {"file": sent()}, content_type=MULTIPART)
    assert made.status_code == 201, made.content
    plan = made.json()
    assert (plan["status"], plan["report"]["activity_count"]) == ("checked", 2)

    begun = api.send("post", f"/api/v1/plan-imports/{plan['id']}/confirm/", {"program": program.pk})
    assert begun.json()["status"] == "importing"
    run_waiting(acme)
    done = api.get(f"/api/v1/plan-imports/{plan['id']}/").json()
    assert (done["status"], done["project"]) == ("done", Project.objects.get().pk)

    file = api.get(f"/api/v1/projects/{done['project']}/mspdi/")
    assert len(read(b"".join(file.streaming_content)).activities) == 2
    assert len(read(b"".join(api.get(f"/api/v1/programs/{program.pk}/mspdi/").streaming_content)).activities) == 3
    assert api.post(f"/api/v1/plan-imports/{plan['id']}/undo/").json()["status"] == "undone"


def test_over_rest_a_retried_upload_is_taken_once(api, acme):
    answers = [
        api.post("/api/v1/plan-imports/", {"file": sent()}, content_type=MULTIPART, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]

    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert PlanImport.objects.count() == 1


def test_over_rest_what_is_no_plan_is_refused_with_a_sentence(api, acme):
    answer = api.post("/api/v1/plan-imports/", {"file": sent(b"hello")}, content_type=MULTIPART)

    assert answer.status_code == 400
    assert "is no XML" in str(answer.json())


def test_the_command_imports_a_file_and_a_dry_run_writes_nothing(alice, acme, program, tmp_path):
    path, out = tmp_path / "apollo.xml", io.StringIO()
    path.write_bytes(CONTENT)
    options = {"organization": "acme", "program": "EU", "email": alice.email, "stdout": out, "stderr": out}

    call_command("import_mspdi", str(path), dry_run=True, **options)
    assert not Project.objects.exists()
    assert not PlanImport.objects.exists()
    call_command("import_mspdi", str(path), **options)

    assert Project.objects.get().activities.count() == 2
    assert "2 activities (0 milestones), 1 links" in out.getvalue()


def test_the_command_says_what_is_wrong_with_a_file(alice, acme, program, tmp_path):
    path, out = tmp_path / "apollo.xml", io.StringIO()
    path.write_bytes(CONTENT[:-30])

    with pytest.raises(CommandError, match=r"Not imported: apollo\.xml"):
        call_command(
            "import_mspdi", str(path), organization="acme", program="EU", email=alice.email, stdout=out, stderr=out
        )

    assert "breaks off" in out.getvalue()
    assert not PlanImport.objects.exists()
