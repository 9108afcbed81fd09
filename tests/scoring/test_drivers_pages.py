"""The pages of drivers and weights: for every role, without script, with the answer of a single cell."""

from decimal import Decimal

import pytest
from django.urls import reverse

from projects.models import Project
from scoring.models import Comparison, Score, ScoringModel, WeightSet
from scoring.selectors import live_criteria
from scoring.services import archive_weight_set, create_weight_set
from tests.projects.activities import queries
from tests.scoring.test_weights import CIRCLE, CONSISTENT

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def pairs(drivers, alice):
    return create_weight_set(actor=alice, model=drivers, name="Board")


def drivers_page(**words):
    return reverse("scoring:drivers") + "?" + "&".join(f"{name}={value}" for name, value in words.items())


def detail(row):
    return reverse("scoring:weight-set-detail", args=[row.pk])


def cell(model, item, key):
    criterion = model.criteria.get(key=key)
    return reverse("scoring:impact-cell", args=[model.pk, "project", item.pk, criterion.pk])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_without_drivers_the_page_offers_the_template_to_leaders_alone(client, acme, alice, vera):
    client.force_login(vera)
    assert "Begin with four drivers" not in text(client.get(drivers_page()))
    assert client.get(reverse("scoring:drivers-create")).status_code == 403

    client.force_login(alice)
    assert "Begin with four drivers" in text(client.get(drivers_page()))
    made = client.post(reverse("scoring:drivers-create"), {"name": "Strategy 2027"}, follow=True)

    model = ScoringModel.objects.get()
    assert (model.name, model.has_drivers, model.criteria.count()) == ("Strategy 2027", True, 4)
    assert "Grow in new markets" in text(made)


def test_the_grid_shows_levels_missing_ones_scores_and_what_is_not_covered(client, drivers, ideas, give, project, vera):
    sso, ocr, pay = ideas
    give(drivers, sso, growth=8, retention=0, efficiency=4, compliance=2)
    give(drivers, ocr, growth=0, retention=0, efficiency=0, compliance=0)
    give(drivers, pay, efficiency=1)
    client.force_login(vera)

    shown = text(client.get(drivers_page()))

    for sentence in (
        "No project serves “Keep customers”, which weighs 25%. 2 impacts on it are missing.",
        "Only “Single sign-on”, a proposal, serves “Grow in new markets”.",
        "Only proposals serve “Work at lower cost”: “Single sign-on” and “Usage-based billing”.",
        "2 projects serve no driver: “Apollo” and “Invoice OCR”. Of 1 of them no impact is known yet.",
        "2 projects have no score, because impacts are missing.",
    ):
        assert sentence in shown
    assert "43.8" in shown  # (8/8 + 0 + 4/8 + 2/8) / 4
    assert "data-impact=" not in shown  # a viewer has no cells to change
    growth = live_criteria(drivers)[0]
    only = text(client.get(drivers_page(driver=growth.pk, show="serving")))
    assert "Single sign-on" in only.split('id="grid-title"')[1]
    assert "Invoice OCR" not in only.split('id="grid-title"')[1]
    one = text(client.get(drivers_page(item=sso.pk)))
    assert "How the score of Single sign-on comes about" in one
    assert client.get(drivers_page(kind="program")).status_code == 200
    assert client.get(drivers_page(kind="product")).status_code == 200


def test_the_grid_is_narrowed_to_a_program_a_portfolio_and_a_product(client, drivers, ideas, project, product, bob):
    client.force_login(bob)
    Project.objects.filter(pk=ideas[0].pk).update(program=None, portfolio=project.program.portfolio)

    for words, count in (({"program": project.program_id}, 3), ({"portfolio": project.program.portfolio_id}, 4),
                         ({"product": product.pk}, 0), ({"q": "billing"}, 1)):  # fmt: skip
        shown = text(client.get(drivers_page(model=drivers.pk, kind="project", **words)))
        assert shown.count("serves no driver</span>") == count, words


def test_a_cell_is_saved_with_its_totals_undone_and_refused_when_stale(client, drivers, ideas, petra):
    client.force_login(petra)
    url = cell(drivers, ideas[0], "growth")

    saved = client.post(url, {"value": "4", "seen": "0"}, **HX)

    assert saved.status_code == 200
    assert 'data-s="3"' in text(saved)
    assert 'id="driver-table" hx-swap-oob="true"' in text(saved)
    assert "Only “Single sign-on”, a proposal, serves “Grow in new markets”." in text(saved)
    assert Score.objects.get().value == 4
    stale = client.post(url, {"value": "8", "seen": "0"}, **HX)
    assert (stale.status_code, "Somebody changed" in text(stale)) == (409, True)
    off = client.post(url, {"value": "3", "seen": "1"}, **HX)
    assert (off.status_code, "choose one of" in text(off)) == (400, True)
    assert client.post(url, {"value": "x", "seen": "1"}, **HX).status_code == 409

    undo = text(saved).split('class="toast')[1].split('action="')[1].split('"')[0]
    here = client.post(undo, follow=True)
    assert here.status_code == 200
    assert not Score.objects.exists()


def test_without_script_a_form_sets_all_impacts_of_an_item(client, drivers, ideas, petra, bob):
    url = reverse("scoring:impact-form", args=[drivers.pk, "project", ideas[0].pk])
    client.force_login(petra)
    growth, retention = live_criteria(drivers)[:2]
    seen = {f"seen-{one.pk}": 0 for one in live_criteria(drivers)}
    assert "Extreme" in text(client.get(url))

    client.post(url, {**seen, f"value-{growth.pk}": "8", f"value-{retention.pk}": "0"})

    assert {score.criterion_id: score.value for score in Score.objects.all()} == {growth.pk: 8, retention.pk: 0}
    client.force_login(bob)
    assert client.get(url).status_code == 403
    assert client.post(cell(drivers, ideas[0], "growth"), {"value": "1", "seen": "1"}).status_code == 403


def test_questions_are_answered_one_by_one_and_undone(client, pairs, drivers, bob):
    client.force_login(bob)
    first, second, third, _ = live_criteria(drivers)
    shown = text(client.get(detail(pairs)))
    assert "How much more important is Grow in new markets than Keep customers?" in shown

    url = reverse("scoring:weight-set-compare", args=[pairs.pk])
    answered = client.post(url, {"first": first.pk, "second": second.pk, "step": 2}, **HX)

    assert "1 of 6 compared" in text(answered)
    assert "How much more important is Grow in new markets than Work at lower cost?" in text(answered)
    assert "provisional" in text(answered)
    assert "<html" not in text(answered)
    undo = text(answered).split('action="')
    undo = next(part.split('"')[0] for part in undo if "/undo/" in part.split('"')[0])
    undone = client.post(undo, {"pair": f"{first.pk}-{second.pk}"}, **HX, HTTP_HX_TARGET="pairwise")
    assert "0 of 6 compared" in text(undone)
    assert client.post(url, {"first": first.pk, "second": third.pk, "step": 9}).status_code == 409
    assert client.post(undo).status_code == 409  # undone already


def test_a_contradiction_is_explained_with_a_way_to_each_comparison(client, pairs, drivers, alice, bob, compare):
    compare(pairs, bob, *CIRCLE)
    client.force_login(bob)

    shown = text(client.get(detail(pairs)))

    assert "What contradicts itself most" in shown
    assert "You said “Grow in new markets” is extremely more important than “Keep customers”" in shown
    growth, retention, efficiency, _ = live_criteria(drivers)
    for one, other in ((growth, retention), (growth, efficiency), (retention, efficiency)):
        assert f"?pair={one.pk}-{other.pk}" in shown.split("What contradicts itself most")[1]
    client.force_login(alice)
    apply = reverse("scoring:weight-set-apply", args=[pairs.pk])
    assert "bob said" in text(client.get(apply)).lower()
    refused = client.post(apply, {"version": 1})
    assert (refused.status_code, "say why these weights" in text(refused)) == (422, True)
    assert "counts with the weights" in text(client.post(apply, {"version": 1, "reason": "So be it."}, follow=True))


def test_the_triangle_is_saved_as_a_whole(client, pairs, drivers, bob):
    client.force_login(bob)
    rows = live_criteria(drivers)
    url = reverse("scoring:weight-set-triangle", args=[pairs.pk])
    answers = {f"{rows[i].pk}-{rows[j].pk}": "1" for i in range(4) for j in range(i + 1, 4)}
    assert client.get(f"{detail(pairs)}?view=triangle").status_code == 200

    client.post(url, answers)
    assert Comparison.objects.count() == 6
    client.post(url, {**answers, f"{rows[0].pk}-{rows[1].pk}": ""})
    assert Comparison.objects.count() == 5
    client.post(reverse("scoring:weight-set-withdraw", args=[pairs.pk]))
    assert not Comparison.objects.exists()


def test_the_group_is_shown_beside_ones_own_result_with_who_has_finished(client, pairs, alice, bob, vera, compare):
    compare(pairs, alice, *CONSISTENT)
    compare(pairs, bob, *[(first, second, 0) for first, second, _ in CONSISTENT])
    client.force_login(bob)

    shown = text(client.get(detail(pairs)))

    assert shown.count(">finished<") == 2
    assert "Spread" in shown
    assert "geometric mean" in shown
    client.force_login(vera)
    assert "You may read this set." in text(client.get(detail(pairs)))


def test_a_set_is_made_typed_applied_and_the_former_weights_put_back(client, drivers, alice):
    client.force_login(alice)
    created = client.post(
        reverse("scoring:weight-set-create", args=[drivers.pk]), {"name": "Finance", "method": "typed"}, follow=True
    )
    row = WeightSet.objects.get()
    assert "Added the weights “Finance”" in text(created)
    weights = {"weights.growth": 40, "weights.retention": 30, "weights.efficiency": 20, "weights.compliance": 10}
    assert "40%" in text(client.post(detail(row), {**weights, "version": 1}, follow=True))
    empty = client.post(detail(row), {**dict.fromkeys(weights, 0), "version": 2})
    assert (empty.status_code, "sum to zero" in text(empty)) == (422, True)

    apply = reverse("scoring:weight-set-apply", args=[row.pk])
    assert "40%" in text(client.get(apply))
    applied = client.post(apply, {"version": 2}, follow=True)
    assert "in use" in text(applied)
    undo = reverse("scoring:weights-restore", args=[drivers.pk, 1])
    assert undo in text(applied)
    assert "again, as version 3" in text(client.post(undo, follow=True))
    assert [one.weight for one in live_criteria(drivers)] == [Decimal(1)] * 4


def test_a_set_is_renamed_archived_and_restored(client, pairs, drivers, alice):
    client.force_login(alice)
    edit = reverse("scoring:weight-set-edit", args=[pairs.pk])
    assert client.get(edit).status_code == 200
    client.post(edit, {"name": "The board", "version": 1})
    client.post(reverse("scoring:weight-set-archive", args=[pairs.pk]))
    listed = reverse("scoring:weight-set-list", args=[drivers.pk])
    assert f'href="{detail(pairs)}"' not in text(client.get(listed))
    assert detail(pairs) in text(client.get(f"{listed}?archived=1"))
    client.post(reverse("scoring:weight-set-restore", args=[pairs.pk]))
    pairs.refresh_from_db()
    assert (pairs.name, pairs.archived_at) == ("The board", None)


def addresses(drivers, pairs, item):
    return [
        reverse("scoring:weight-set-list", args=[drivers.pk]), detail(pairs),
        reverse("scoring:weight-set-apply", args=[pairs.pk]), reverse("scoring:weight-set-edit", args=[pairs.pk]),
        reverse("scoring:weight-set-create", args=[drivers.pk]),
        reverse("scoring:impact-form", args=[drivers.pk, "project", item.pk]),
    ]  # fmt: skip


def test_strangers_find_nothing_and_models_without_weights_have_no_such_pages(
    client, drivers, rice, pairs, ideas, charlie, vera, alice
):
    client.force_login(charlie)
    for url in addresses(drivers, pairs, ideas[0]):
        assert client.get(url).status_code == 404
    assert client.post(reverse("scoring:weight-set-compare", args=[pairs.pk])).status_code == 404
    client.force_login(vera)
    assert [client.get(url).status_code for url in addresses(drivers, pairs, ideas[0])] == [
        200,
        200,
        403,
        403,
        403,
        403,
    ]
    client.force_login(alice)
    assert client.get(reverse("scoring:weight-set-list", args=[rice.pk])).status_code == 404
    assert client.get(drivers_page(kind="nonsense", model="x", driver="y", item="z")).status_code == 200
    archive_weight_set(actor=alice, weight_set=pairs)
    assert "This set is archived" in text(client.get(detail(pairs)))


def test_the_grid_takes_as_many_statements_for_fifty_projects_as_for_one(client, drivers, pairs, program, acme, bob):
    client.force_login(bob)
    Project.objects.create(organization=acme, program=program, code="A", name="A", currency="USD")
    client.get(drivers_page())
    one, listed = queries(client, drivers_page()), queries(client, detail(pairs))
    Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"B{n}", name=f"B{n}", currency="USD") for n in range(49)
    )

    assert queries(client, drivers_page()) == one <= 14
    assert queries(client, detail(pairs)) == listed <= 10
