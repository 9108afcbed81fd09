"""What is written of a plan reads back equal: the shared files, and random plans."""

import io
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from integrations.algorithms.mspdi import read_mspdi
from integrations.algorithms.mspdi_exchange import exchange_of
from integrations.algorithms.mspdi_outlook import outlook_of
from integrations.algorithms.mspdi_writing import merged, write_mspdi
from projects.algorithms.exchange import CrossingLink, ExchangedLink, ExchangedPlan
from tests.integrations.plans import FILES, file_of, link, project, random_plan, task

SPACE = "{http://schemas.microsoft.com/project}"


def words_of(text: str) -> list[str]:
    return text.split()


def read(content: bytes) -> ExchangedPlan:
    return exchange_of(read_mspdi(io.BytesIO(content)), name="x")[0]


@pytest.mark.skipif(not FILES, reason="the Microsoft Project files lie beside the repository")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shared_file_keeps_its_facts_when_it_is_written_and_read_again(path):
    plan = read(path.read_bytes())

    assert read(file_of(plan)) == plan


@pytest.mark.parametrize("seed", range(25))
def test_a_random_plan_keeps_its_facts(seed):
    plan = random_plan(seed)

    assert read(file_of(plan)) == plan


def test_elements_of_a_task_stand_in_the_order_of_the_schema():
    order = words_of(
        "UID GUID ID Name Active Manual Type IsNull WBS OutlineNumber OutlineLevel Priority Start Finish Duration "
        "ManualStart ManualFinish ManualDuration DurationFormat Work EffortDriven Estimated Milestone Summary "
        "FixedCost FixedCostAccrual PercentComplete Cost ActualStart ActualFinish ActualDuration ActualCost "
        "RemainingDuration ConstraintType CalendarUID ConstraintDate Deadline Notes "
        "PredecessorLink ExtendedAttribute Baseline"
    )
    tree = ET.fromstring(file_of(random_plan(3)))  # noqa: S314 - our own

    for element in tree.iter(f"{SPACE}Task"):
        names = [child.tag.removeprefix(SPACE) for child in element]
        assert names == sorted(names, key=order.index)


def test_ids_and_outline_numbers_follow_the_outline():
    tree = ET.fromstring(file_of(read(project(task(7), task(3, OutlineLevel=2), task(5, OutlineLevel=2), task(1)))))  # noqa: S314

    tasks = [(t.findtext(f"{SPACE}ID"), t.findtext(f"{SPACE}OutlineNumber")) for t in tree.iter(f"{SPACE}Task")]

    assert tasks == [("0", "0"), ("1", "1"), ("2", "1.1"), ("3", "1.2"), ("4", "2")]


def test_a_name_with_characters_that_xml_lacks_is_written_without_them():
    content = b"".join(write_mspdi(ExchangedPlan(name="A\x00\x1f<b>\ufffe")))

    assert ET.fromstring(content).findtext(f"{SPACE}Title") == "A<b>"  # noqa: S314


def test_projects_of_one_file_keep_their_outlines_and_the_links_between_them():
    one, two = read(project(task(1), task(2))), read(project(task(1), task(2, OutlineLevel=2)))
    crossing = [CrossingLink((0, 2), (1, 2), ExchangedLink(2, 2, "ss", "working", Decimal(60)))]

    plan = read(file_of(merged("Program", [one, two], crossing)))

    assert [(a.level, a.name, a.kind) for a in plan.activities] == [
        (1, "Apollo", "summary"), (2, "Task 1", "task"), (2, "Task 2", "task"),
        (1, "Apollo", "summary"), (2, "Task 1", "summary"), (3, "Task 2", "task"),
    ]  # fmt: skip
    assert plan.links == (ExchangedLink(3, 6, "ss", "working", Decimal(60)),)


def test_a_link_on_a_whole_project_is_one_on_its_summary_in_a_file_of_several():
    one, two = read(project(task(1))), read(project(task(1)))

    plan = merged("Program", [one, two], [CrossingLink((0, 0), (1, 1), ExchangedLink(0, 1))])

    assert plan.links == (ExchangedLink(1, 4),)


@pytest.mark.parametrize(
    ("kind", "lag", "lag_format", "expected"),
    [
        (0, 600, 5, ("ff", "working", 60, 0)),
        (1, -4800, 7, ("fs", "working", -480, 0)),
        (2, 14400, 8, ("sf", "elapsed", 1440, 0)),
        (3, 50, 19, ("ss", "percent", 0, "0.5")),
        (1, 25, 20, ("fs", "elapsed_percent", 0, "0.25")),
        (1, 5, 35, ("fs", "working", "0.5", 0)),
        (1, 7, 51, ("fs", "percent", 0, "0.07")),
        (1, 7, 52, ("fs", "elapsed_percent", 0, "0.07")),
    ],
)
def test_every_kind_of_link_and_lag_is_read(kind, lag, lag_format, expected):
    plan = read(project(task(1), task(2, parts=link(1, Type=kind, LinkLag=lag, LagFormat=lag_format))))

    one = plan.links[0]
    assert (one.link_type, one.lag_unit, one.lag_minutes, one.lag_ratio) == (
        *expected[:2], Decimal(expected[2]), Decimal(expected[3]),
    )  # fmt: skip


def extended(*values: tuple[int, str]) -> str:
    parts = (f"<FieldID>{field}</FieldID><Value>{value}</Value>" for field, value in values)
    return "".join(f"<ExtendedAttribute>{part}</ExtendedAttribute>" for part in parts)


def test_durations_1_to_3_are_the_three_points_of_the_pert_toolbar():
    three = extended((188743783, "PT8H0M0S"), (188743784, "PT16H0M0S"), (188743785, "PT40H0M0S"))

    one = read(project(task(1, parts=three))).activities[0]

    assert (one.optimistic_minutes, one.likely_minutes, one.pessimistic_minutes) == (480, 960, 2400)


def test_a_field_whose_alias_says_so_is_a_point_and_one_that_means_something_else_is_not():
    aliases = "".join(
        f"<ExtendedAttribute><FieldID>{field}</FieldID><Alias>{alias}</Alias></ExtendedAttribute>"
        for field, alias in ((188743786, "Pessimistic (PERT)"), (188743787, "Optimistic"), (188743788, "Most Likely"))
    )
    head = f"<ExtendedAttributes>{aliases}</ExtendedAttributes>"
    named = extended((188743786, "PT3H0M0S"), (188743787, "PT1H0M0S"), (188743788, "PT2H0M0S"))
    toolbar = extended((188743783, "PT8H0M0S"), (188743784, "PT16H0M0S"), (188743785, "PT40H0M0S"))

    one, two = read(project(task(1, parts=named), task(2, parts=toolbar), head=head)).activities

    assert (one.optimistic_minutes, one.likely_minutes, one.pessimistic_minutes) == (60, 120, 180)
    assert two.likely_minutes is None


@pytest.mark.skipif(not FILES, reason="the Microsoft Project files lie beside the repository")
def test_of_what_is_kept_99_percent_get_the_dates_of_the_file_and_the_rest_a_cause():
    counted, same, causes = 0, 0, set()
    for path in FILES:
        file = read_mspdi(io.BytesIO(path.read_bytes()))
        plan, _, tasks = exchange_of(file, name="x")
        outlook = outlook_of(plan, file, tasks)
        counted, same = counted + outlook.counted, same + outlook.same
        causes |= {one.cause for one in outlook.others}

    assert same / counted >= 0.99
    assert causes <= {
        "Its resources work on other calendars; resources are not kept.",
        "A milestone at the project's start stands at its first working minute here.",
    }
