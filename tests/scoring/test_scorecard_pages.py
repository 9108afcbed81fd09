"""The pages of scorecards: frozen from the board, opened as they stood, compared, counted again; and of stability."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Job
from events.services import claim_job, request_stop, run_job
from projects.models import Project
from scoring.models import Criterion, Scorecard, ScoringSession, SessionItem, SessionRater, StabilityRun, Vote
from scoring.selectors import Selection
from scoring.services import create_scoring_model, freeze_scorecard, run_stability, update_criterion

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 29)
HTMX = {"HX-Request": "true"}


def at(name, *args):
    return reverse(f"scoring:{name}", args=args)


@pytest.fixture
def scored(weighted, ideas, give):
    sso, ocr, pay = ideas
    give(weighted, sso, customer_value=8, strategic_fit=6, effort=3, risk=2)
    give(weighted, ocr, customer_value=5, strategic_fit=9, effort=3, risk=3)
    give(weighted, pay, customer_value=9, strategic_fit=9, effort=9)
    return weighted


@pytest.fixture
def card(scored, alice):
    given = {"kind": "project", "selection": Selection(), "decided_date": DAY, "day": DAY, "name": "Half-year plan"}
    return freeze_scorecard(actor=alice, model=scored, reason="Two fit.", **given)


@pytest.fixture
def ran(acme, bob, scored):
    """`ran()` asks for a run as Bob and lets a worker do it."""

    def run(model=scored, **more):
        given = {"kind": "project", "selection": Selection(), "top_count": 1, "samples": 300, "seed": 3, "day": DAY}
        row = run_stability(actor=bob, model=model, **{**given, **more})
        run_job(claim_job(acme.pk))
        return StabilityRun.objects.get(pk=row.pk)

    return run


def test_a_ranking_is_frozen_from_the_address_of_the_board(client, alice, scored, ideas):
    client.force_login(alice)
    address = f"{at('scorecard-create')}?model={scored.pk}&kind=project&q=sign"
    shown = client.get(address)
    body = shown.content.decode()
    assert "Single sign-on" in body
    assert "Invoice OCR" not in body

    sent = {"name": "Plan", "decided_date": "2026-01-31", "reason": "So.", "seen": shown.context["seen"]}
    response = client.post(address, sent)

    card = Scorecard.objects.get()
    assert response.url == at("scorecard-detail", card.pk)
    assert (card.item_count, card.document["selection"]["filters"]) == (1, {"q": "sign"})
    stale = client.post(address, {**sent, "seen": "0" * 24})
    assert stale.status_code == 409
    assert "Nothing was frozen" in stale.content.decode()
    assert 'value="Plan"' in stale.content.decode()  # what was typed is kept
    refused = client.post(address, {**sent, "decided_date": "2126-01-31", "seen": ""})
    assert refused.status_code == 422
    assert "today or before" in refused.content.decode()


def test_a_card_is_read_compared_counted_again_and_taken_as_a_file(
    client, vera, card, ideas, give, scored, alice, petra
):
    give(scored, ideas[1], actor=petra, customer_value=10)
    fit = Criterion.objects.get(model=scored, key="strategic_fit")
    update_criterion(actor=alice, criterion=fit, weight=Decimal(90))
    Project.objects.filter(pk=ideas[0].pk).update(name="Passkeys")
    client.force_login(vera)

    detail = client.get(at("scorecard-detail", card.pk)).content.decode()
    assert "Half-year plan" in client.get(at("scorecard-list")).content.decode()
    for words in ("Two fit.", "Single sign-on", "35 % customer value", "missing: Risk", "Alice"):
        assert words in detail
    assert "Passkeys" not in detail
    against = client.get(at("scorecard-compare", card.pk)).content.decode()
    for words in ("now called “Passkeys”", "Customer value: 5 → 10", "Petra", "Strategic fit 30 % → 56.2 %"):
        assert words in against
    assert "the last digit" in client.get(at("scorecard-rerun", card.pk)).content.decode()
    file = client.get(at("scorecard-detail", card.pk) + "?format=csv")
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert lines[1].startswith("1,SSO,Single sign-on,")
    assert client.get(at("scorecard-detail", card.pk) + "?format=xlsx").status_code == 200


def test_who_may_open_what(client, bob, vera, charlie, card, scored, ran, acme):
    run = ran()
    pages = [at("scorecard-list"), at("stability-list"), at("stability-detail", run.pk)]
    pages += [at(name, card.pk) for name in ("scorecard-detail", "scorecard-compare", "scorecard-rerun")]
    client.force_login(vera)
    assert {client.get(page).status_code for page in pages} == {200}
    assert client.get(at("scorecard-create")).status_code == 403
    assert client.get(at("stability-create")).status_code == 403
    assert client.post(at("scorecard-detail", card.pk)).status_code == 405
    client.force_login(bob)
    assert client.get(at("stability-create")).status_code == 200
    client.force_login(charlie)
    assert {client.get(page).status_code for page in pages} == {404}


def test_scorecards_and_runs_of_amounts_are_not_there_for_who_sees_none(client, acme, alice, bob, project, give, ran):
    model = create_scoring_model(actor=alice, organization=acme, template="cd3")
    give(model, project, cost_of_delay=5000, duration=3)
    given = {"kind": "project", "selection": Selection(), "decided_date": DAY, "day": DAY, "name": "Secret"}
    card, run = freeze_scorecard(actor=alice, model=model, **given), ran(model)
    client.force_login(bob)
    pages = [at("stability-detail", run.pk)]
    pages += [at(name, card.pk) for name in ("scorecard-detail", "scorecard-compare", "scorecard-rerun")]
    assert {client.get(page).status_code for page in pages} == {200}

    Membership.objects.filter(user=bob).update(sees_amounts=False)
    assert {client.get(page).status_code for page in pages} == {404}
    assert "Secret" not in client.get(at("scorecard-list")).content.decode()
    assert client.get(f"{at('stability-create')}?model={model.pk}").status_code == 404


def test_without_a_model_there_is_a_way_to_one(client, alice):
    client.force_login(alice)

    assert "No scoring model yet" in client.get(at("scorecard-create")).content.decode()
    assert "No scoring model yet" in client.get(at("stability-create")).content.decode()
    assert "No scorecard yet" in client.get(at("scorecard-list")).content.decode()
    assert client.get(f"{at('scorecard-create')}?model=999").status_code == 404


def test_a_list_of_fifty_takes_as_few_statements_as_a_list_of_one(client, alice, card, ran):
    client.force_login(alice)
    run = ran()
    counts = []
    for more in (0, 49):
        for _ in range(more):
            for row in (card, run):
                row.pk, row.job_id = None, None
                row.save(force_insert=True)
        for page in (at("scorecard-list"), at("stability-list")):
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                client.get(page)
            counts.append(len(captured))

    assert counts[:2] == counts[2:]


def test_a_run_is_asked_for_drawn_by_a_worker_and_shown(client, bob, acme, scored, ideas):
    client.force_login(bob)
    address = f"{at('stability-create')}?model={scored.pk}&kind=project"
    form = {"top_count": "1", "spread_ratio": "25", "samples": "200", "seed": "7"}
    response = client.post(address, form)

    run = StabilityRun.objects.get()
    assert response.url == at("stability-detail", run.pk)
    assert (run.spread_ratio, run.job.result_path) == (Decimal("0.2500"), at("stability-detail", run.pk))
    waiting = client.get(at("stability-detail", run.pk)).content.decode()
    assert "portolan:job-ended" in waiting
    run_job(claim_job(acme.pk))
    done = client.get(at("stability-detail", run.pk)).content.decode()
    assert Job.objects.get().status == "done"
    for words in ("Border", "What the order hangs on", "stays above", "± 25 %", "Same data as a table"):
        assert words in done
    assert client.get(at("stability-detail", run.pk), headers=HTMX)["HX-Refresh"] == "true"
    file = client.get(at("stability-detail", run.pk) + "?format=csv")
    assert len(b"".join(file.streaming_content).decode().splitlines()) == 4
    for name, value in (("samples", "5"), ("spread_ratio", "200"), ("top_count", "0")):
        wrong = client.post(address, {**form, name: value})
        assert wrong.status_code == 422
        assert wrong.context["form"].errors[name]


def test_the_same_seed_gives_the_same_result_and_a_formula_is_drawn_by_its_values(ran, rice, ideas, give):
    first, again, other = ran(), ran(), ran(seed=4)
    assert first.result == again.result
    assert first.result != other.result

    give(rice, ideas[0], reach=1000, impact=2, confidence="0.8", effort=10)
    give(rice, ideas[1], reach=1050, impact=2, confidence="0.8", effort=10)
    drawn = ran(rice).result
    assert not drawn["has_weights"]
    assert [item["verdict"] for item in drawn["items"]] == ["border", "border", ""]


def test_raters_are_drawn_too_and_blind_ones_are_refused(ran, scored, ideas, alice, bob, acme):
    criterion = Criterion.objects.get(model=scored, key="customer_value")
    common = {"organization": acme}
    session = ScoringSession.objects.create(**common, model=scored, name="Table", facilitator=alice, status="revealed")
    item = SessionItem.objects.create(**common, session=session, project=ideas[0])
    for user, value in ((alice, 1), (bob, 10)):
        rater = SessionRater.objects.create(**common, session=session, user=user)
        Vote.objects.create(
            **common, session=session, rater=rater, item=item, criterion=criterion, round_number=1, value=value
        )

    result = ran(session=session).result

    assert result["raters"] == 2
    assert [item["disagreement"] is not None for item in result["items"]].count(True) == 1
    session.status = "blind"
    session.save()
    with pytest.raises(FieldErrors, match="not revealed"):
        ran(session=session)


def test_a_run_of_this_very_ranking_is_kept_with_the_scorecard(ran, scored, ideas, give, alice):
    run = ran()
    given = {"kind": "project", "selection": Selection(), "decided_date": DAY, "day": DAY, "name": "Plan"}
    firm = freeze_scorecard(actor=alice, model=scored, **given).document["stability"]
    assert (firm["id"], firm["samples"], firm["result"]) == (run.pk, 300, run.result)

    give(scored, ideas[0], risk=9)
    assert freeze_scorecard(actor=alice, model=scored, **given).document["stability"] is None


def test_what_is_refused_and_what_ends_without_a_result(client, scored, weighted, bob, vera, acme, alice):
    given = {"kind": "project", "selection": Selection(), "top_count": 1, "day": DAY}
    with pytest.raises(NotAllowed):
        run_stability(actor=vera, model=scored, **given)
    with pytest.raises(FieldErrors, match="no rank"):
        run_stability(actor=bob, model=scored, **{**given, "selection": Selection({"q": "nothing"})})
    row = run_stability(actor=bob, model=scored, **given)
    fit = Criterion.objects.get(model=scored, key="strategic_fit")
    update_criterion(actor=alice, criterion=fit, weight=Decimal(90))
    run_job(claim_job(acme.pk))
    client.force_login(bob)
    assert "was changed before" in client.get(at("stability-detail", row.pk)).content.decode()
    scored.refresh_from_db()
    stopped = run_stability(actor=bob, model=scored, **given)
    request_stop(actor=bob, job=stopped.job)
    assert "ended without a result" in client.get(at("stability-detail", stopped.pk)).content.decode()
    scored.archived_at = stopped.created_at
    with pytest.raises(Conflict, match="archived"):
        run_stability(actor=bob, model=scored, **given)
