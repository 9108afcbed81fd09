"""The check: what every row would do, and what stands in its way; nothing is written."""

import pytest

from core.errors import Conflict, NotAllowed
from core.tenancy import organization_scope
from integrations import services
from integrations.models import ImportRun
from portfolio.models import Portfolio
from programs.models import Program
from projects.models import Activity, Project, Risk
from tests.integrations.conftest import carried_out, counts, csv_text, names, reasons, said, upload


def test_nothing_is_written_before_the_last_step(checked):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    assert run.status == "checked"
    assert counts(run, "portfolio")["create"] == 1
    assert not Portfolio.objects.exists()


def test_a_row_without_key_and_name_is_reported(checked, program):
    run = checked(upload("projects.csv", csv_text("key,name,program,start", ",,EU,2026-01-05", "1,Apollo,EU,")))

    assert reasons(run) == ["Nothing says what this row is: it has neither a key nor a name."]


def test_the_second_row_with_a_key_is_an_error_that_names_the_first(imported, program):
    run = imported(upload("projects.csv", csv_text("key,name,program", "1,Apollo,EU", "2,Mercury,EU", "1,Gemini,EU")))

    assert names(Project.objects.order_by("pk")) == ["Apollo", "Mercury"]
    assert reasons(run) == ["The key “1” stands in row 2 of projects.csv already: it names one row."]


def test_a_key_that_stands_in_two_files_counts_once(checked, program):
    run = checked(
        upload("projects a.csv", csv_text("key,name,program", "1,Apollo,EU")),
        upload("projects b.csv", csv_text("key,name,program", "1,Gemini,EU")),
    )

    assert reasons(run) == ["The key “1” stands in row 2 of projects a.csv already: it names one row."]


def test_rows_without_keys_are_told_apart_by_their_name_within_their_parent(imported, program):
    run = imported(upload("projects.csv", csv_text("name,program", "Apollo,EU", "Mercury,EU", "Apollo,EU")))

    assert Project.objects.count() == 2
    assert counts(run, "project")["failed"] == 1


@pytest.mark.parametrize(
    ("kind", "row", "sentence"),
    [
        ("activities", "1,Design,NOPE", "The project “NOPE” is neither in this organization nor in these files."),
        ("activities", "1,Design,", "No project is given, and an activity cannot stand alone."),
        ("risks", "1,Fire,NOPE", "The project “NOPE” is neither in this organization nor in these files."),
    ],
)
def test_what_cannot_stand_alone_is_refused_with_the_key_named(checked, project, kind, row, sentence):
    extra = ",probability" if kind == "risks" else ""

    run = checked(upload(f"{kind}.csv", csv_text(f"key,name,project{extra}", row + (",10%" if extra else ""))))

    assert reasons(run) == [sentence]


def test_a_project_with_an_unknown_program_is_parked_with_the_key_named(imported):
    imported(upload("projects.csv", csv_text("key,name,program", "1,Apollo,009-X")))

    project = Project.objects.get()
    assert project.is_parked
    assert project.parked_reason == (
        "The program “009-X” is neither in this organization nor in these files. (projects.csv, row 2)"
    )


def test_a_parent_in_another_organization_is_as_unknown_as_one_that_does_not_exist(checked, other, portfolio):
    with organization_scope(other):
        theirs = Portfolio.objects.create(organization=other, name="Secret plans", external_key="SECRET")
        Program.objects.create(organization=other, portfolio=theirs, code="SP", name="Secret", external_key="SECRET")

    run = checked(
        upload("programs.csv", csv_text("key,name,portfolio", "1,Launch,SECRET")),
        upload("activities.csv", csv_text("key,name,project", "1,Design,SECRET")),
    )

    assert reasons(run) == [
        "The portfolio “SECRET” is neither in this organization nor in these files.",
        "The project “SECRET” is neither in this organization nor in these files.",
    ]


def test_parents_are_found_by_key_by_code_and_by_a_name_that_is_unique(imported, acme, portfolio, program):
    Program.objects.create(organization=acme, portfolio=portfolio, code="US", name="US launch", external_key="009-1")

    imported(upload("projects.csv", csv_text("key,name,program", "1,A,009-1", "2,B,EU", "3,C,us LAUNCH")))

    assert list(Project.objects.order_by("external_key").values_list("program__code", flat=True)) == ["US", "EU", "US"]


def test_a_name_that_two_parents_bear_is_not_guessed(checked, acme, portfolio, program):
    Program.objects.create(organization=acme, portfolio=portfolio, code="EU2", name="EU launch")

    run = checked(upload("projects.csv", csv_text("key,name,program", "1,A,EU launch")))

    assert "Several programs are called “EU launch”. Name it by its key." in reasons(run)[0]


def test_a_key_that_a_spreadsheet_made_a_fraction_is_still_found(imported, acme, portfolio):
    Program.objects.create(organization=acme, portfolio=portfolio, code="US", name="US launch", external_key="1997")

    imported(upload("projects.csv", csv_text("key,name,program", "1,A,1997.0")))

    assert Project.objects.get().program.code == "US"


def test_an_archived_parent_is_named(checked, acme, program, alice):
    archived = Program.objects.create(organization=acme, portfolio=program.portfolio, code="OLD", name="Old one")
    Program.objects.filter(pk=archived.pk).update(archived_at="2026-01-01T00:00Z")

    run = checked(upload("projects.csv", csv_text("key,name,program", "1,A,OLD")))

    assert "The program “Old one” is archived." in reasons(run)[0]


def test_files_may_come_in_any_order_and_point_at_each_other(imported):
    imported(
        upload("activities.csv", csv_text("key,project,name", "A1,P1,Design")),
        upload("projects.csv", csv_text("key,program,name", "P1,G1,Apollo")),
        upload("programs.csv", csv_text("key,portfolio,name", "G1,F1,Launch")),
        upload("portfolios.csv", csv_text("key,name", "F1,Core")),
    )

    assert Activity.objects.get().project.program.portfolio.name == "Core"


def test_what_a_refused_row_would_hold_is_refused_or_parked_too(checked):
    run = checked(
        upload(
            "programs.csv", csv_text("key,portfolio,name,health", "G1,F1,Launch,purple", "G2,F1,x,green", "G3,F1,y,red")
        ),
        upload("portfolios.csv", csv_text("key,name", "F1,Core")),
        upload("projects.csv", csv_text("key,program,name", "P1,G1,Apollo")),
        upload("measures.csv", csv_text("key,program,name", "M1,G1,Reach")),
    )

    assert reasons(run)[1:] == [
        "Its program “G1” (row 2 of programs.csv) is not imported itself.",
        "Its program “G1” (row 2 of programs.csv) is not imported itself.",
    ]
    assert counts(run, "project") == {"rows": 1, "parked": 1, "create": 1}
    assert counts(run, "measure") == {"rows": 1, "parked": 0, "error": 1}


def test_portfolios_that_hold_each_other_are_refused_with_the_path(imported):
    run = imported(
        upload(
            "portfolios.csv", csv_text("key,name,parent", "A,Alpha,C", "B,Beta,A", "C,Gamma,B", "D,Delta,", "E,Eps,D")
        )
    )

    assert names(Portfolio.objects.order_by("pk")) == ["Delta", "Eps"]
    assert reasons(run)[0] == "Rows cannot hold each other in a circle: Alpha → Beta → Gamma → Alpha."


def test_a_circle_that_closes_only_with_portfolios_already_here_is_found(checked, acme):
    top = Portfolio.objects.create(organization=acme, name="Top", external_key="T")
    Portfolio.objects.create(organization=acme, name="Middle", external_key="M", parent=top)

    run = checked(upload("portfolios.csv", csv_text("key,name,parent", "T,Top,M")))

    assert reasons(run) == ["Rows cannot hold each other in a circle: Middle → Top → Middle."]


def test_nested_portfolios_are_written_parents_first_whatever_their_order(imported):
    imported(upload("portfolios.csv", csv_text("key,name,parent", "C,Gamma,B", "B,Beta,A", "A,Alpha,")))

    assert Portfolio.objects.get(name="Gamma").parent.parent.name == "Alpha"


def test_an_outline_of_activities_is_kept(imported, project):
    imported(
        upload(
            "activities.csv",
            csv_text(
                "key,project,parent,name",
                "1,APOLLO,,Build",
                "2,APOLLO,1,Engine",
                "3,APOLLO,2,Pump",
                "4,APOLLO,,Test",
                "5,APOLLO,1,Hull",
            ),
        )
    )

    rows = Activity.objects.order_by("position").values_list("name", "outline_level", "kind")
    assert list(rows) == [
        ("Build", 1, "summary"),
        ("Engine", 2, "summary"),
        ("Pump", 3, "task"),
        ("Hull", 2, "task"),
        ("Test", 1, "task"),
    ]


def test_people_are_found_by_address_and_strangers_are_named(imported, program, bob, petra):
    run = imported(
        upload(
            "projects.csv",
            csv_text("key,name,program,manager", "1,A,EU,PETRA@acme.example", "2,B,EU,Bob", "3,C,EU,x@y.z"),
        )
    )

    managers = [project.manager for project in Project.objects.order_by("external_key")]
    assert managers == [petra, bob, None]
    assert reasons(run) == ["“x@y.z” is no member here, so that the manager stays open."]


def test_a_project_manager_may_not_bring_portfolios_and_is_told_so_in_the_check(checked, petra):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")), actor=petra)

    assert reasons(run) == ["Your role may not change portfolios."]


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_contributors_and_viewers_may_not_import(acme, who, request):
    actor = request.getfixturevalue(who)

    with pytest.raises(NotAllowed, match="Your role may not import data"):
        services.upload_files(actor=actor, organization=acme, files=[upload("a.csv", csv_text("key,name", "A,Core"))])


def test_a_large_import_is_checked_as_a_job(acme, alice, monkeypatch):
    monkeypatch.setattr("integrations.services.checking.ROWS_WHILE_WAITING", 2)
    run = services.upload_files(
        actor=alice, organization=acme, files=[upload("portfolios.csv", csv_text("key,name", "A,a", "B,b", "C,c"))]
    )

    run = services.request_check(actor=alice, run=run)
    assert run.status == "checking"
    assert run.job.status == "queued"
    with pytest.raises(Conflict, match="being checked"):
        services.request_check(actor=alice, run=run)

    run = services.check_run(actor=alice, run=run)
    assert run.status == "checked"
    assert counts(run, "portfolio")["create"] == 3


def test_a_row_that_somebody_made_impossible_meanwhile_fails_with_its_reason_and_the_others_go_in(
    checked, acme, alice, program
):
    run = checked(upload("projects.csv", csv_text("key,code,name,program", "1,AA,Apollo,EU", "2,BB,Mercury,EU")))
    Project.objects.create(
        organization=acme, program=program, code="AA", name="Taken", external_key="other", currency="USD"
    )

    run = carried_out(alice, run)

    assert counts(run, "project") == {"rows": 2, "parked": 0, "failed": 1, "created": 1}
    assert "belongs to “Taken”" in reasons(run)[0]


def test_risks_products_and_lines_come_in_too(imported, project):
    imported(
        upload("product_lines.csv", csv_text("key,code,name", "L1,A,Atlas")),
        upload("products.csv", csv_text("key,name,product line,annual revenue,growth", "X,Insights,A,1.2M,8%")),
        upload("risks.csv", csv_text("key,project,name,probability,cost impact", "R1,Apollo,Fire,30%,45000")),
    )

    risk = Risk.objects.get()
    assert (risk.project.code, str(risk.probability_ratio), str(risk.impact_amount)) == ("APOLLO", "0.3000", "45000.00")


def test_an_import_of_another_organization_is_out_of_reach(checked, other):
    checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    with organization_scope(other):
        assert not ImportRun.objects.exists()


def test_findings_count_in_words(checked, program):
    run = checked(
        upload("projects.csv", csv_text("key,name,program,status", "1,A,EU,purple", "2,B,EU,done", "3,C,EU,active"))
    )

    assert said(run) == ["1 project has a status that is not known here"]
    assert run.findings[0]["values"] == [["purple", 1]]
