"""Teams, roles, skills, people, absences, rates and typed capacity as JSON."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from resources.models import Absence, Capacity, Person, ResourceRole, RoleRate, Skill, Team

ARCHIVING = {"archived_at": "DELETE archives, POST to restore/ brings back."}
#: No person has more skills, and no request sets more rows.
MOST_SKILLS, MOST_ROWS = 200, 1000
PEOPLE_COUNT = "Live people that it has, without placeholders."


class TeamSerializer(RowSerializer):
    """People who work together."""

    lead_name = name_of("lead.name")
    people_count = serializers.IntegerField(read_only=True, help_text=PEOPLE_COUNT)
    placeholder_count = serializers.IntegerField(read_only=True, help_text="Live placeholders that it has.")

    class Meta:
        model = Team
        fields = (
            "id", "version", "name", "description", "lead", "lead_name", "people_count", "placeholder_count",
            "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        instead: Mapping[str, str] = ARCHIVING


class ResourceRoleSerializer(RowSerializer):
    """What somebody does on a project."""

    people_count = serializers.IntegerField(read_only=True, help_text=PEOPLE_COUNT)
    placeholder_count = serializers.IntegerField(read_only=True, help_text="Live placeholders that it has.")

    class Meta:
        model = ResourceRole
        fields = (
            "id", "version", "name", "description", "people_count", "placeholder_count",
            "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        instead: Mapping[str, str] = ARCHIVING


class SkillSerializer(RowSerializer):
    """What somebody can do."""

    people_count = serializers.IntegerField(read_only=True, help_text="Live people that have it.")
    expert_count = serializers.IntegerField(read_only=True, help_text="Live people that have it at level 4 or 5.")

    class Meta:
        model = Skill
        fields = (
            "id", "version", "name", "people_count", "expert_count",
            "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        instead: Mapping[str, str] = ARCHIVING


@extend_schema_field(
    {
        "type": "array",
        "maxItems": MOST_SKILLS,
        "items": {
            "type": "object",
            "required": ["skill", "level"],
            "properties": {
                "skill": {"type": "integer", "description": "The skill's id."},
                "name": {"type": "string", "readOnly": True},
                "level": {"type": "integer", "minimum": 1, "maximum": 5},
            },
        },
    }
)
class SkillLevelsField(serializers.Field):
    """What a person can do, and how well: 1 learns it, 3 does it alone, 5 teaches it."""

    default_error_messages = {
        "list": f"Send a list of at most {MOST_SKILLS} objects with skill and level.",
        "shape": "Each is an object with skill, an id, and level, a number from 1 to 5.",
        "skill": "There is no skill {pk}, or it is archived.",
        "twice": "The skill {pk} is given twice.",
    }

    def to_internal_value(self, data: Any) -> dict[Skill, int]:
        if not isinstance(data, list) or len(data) > MOST_SKILLS:
            self.fail("list")
        levels: dict[int, int] = {}
        for row in data:
            pk, level = self._pair(row)
            if pk in levels:
                self.fail("twice", pk=pk)
            levels[pk] = level
        found = Skill.objects.visible_to(self.context["request"].user).live().in_bulk(list(levels))
        for pk in levels:
            if pk not in found:
                self.fail("skill", pk=pk)
        return {found[pk]: level for pk, level in levels.items()}

    def _pair(self, row: Any) -> tuple[int, int]:
        pair = (row.get("skill"), row.get("level")) if isinstance(row, dict) else (None, None)
        is_known = isinstance(row, dict) and row.keys() <= {"skill", "name", "level"}
        if not is_known or any(type(value) is not int or not 0 < value < 2**63 for value in pair):
            self.fail("shape")
        if not 1 <= pair[1] <= 5:  # type: ignore[operator]
            self.fail("shape")
        return pair  # type: ignore[return-value]

    def to_representation(self, value: Any) -> Any:
        return value


class PersonSerializer(RowSerializer):
    """Somebody who can do work; or a placeholder for somebody who is yet to be found."""

    user_name = name_of("user.name")
    role_name = name_of("role.name")
    team_name = name_of("team.name")
    calendar_name = name_of("calendar.name")
    skill_levels = SkillLevelsField(
        required=False, help_text="All that the person can do: 1 learns it, 3 does it alone, 5 teaches it."
    )

    class Meta:
        model = Person
        fields = (
            "id", "version", "name", "email", "user", "user_name", "is_placeholder", "role", "role_name", "team",
            "team_name", "calendar", "calendar_name", "fte", "start_date", "finish_date", "skill_levels",
            "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        instead: Mapping[str, str] = ARCHIVING
        create_only = ("is_placeholder",)


class FillSerializer(StrictSerializer):
    """Who takes over from a placeholder."""

    person = VisibleRelatedField(queryset=Person.objects.all())


class PersonRowSerializer(StrictSerializer):
    """A person of another system, by the key that it has there; other rows by their names."""

    external_key = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=200, required=False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    role = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="A role's name, or none.")
    team = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="A team's name, or none.")
    fte = serializers.DecimalField(4, 2, required=False)
    start_date = serializers.DateField(required=False, allow_null=True)
    finish_date = serializers.DateField(required=False, allow_null=True)


class PeopleBulkSerializer(StrictSerializer):
    """Up to 1,000 people; all of them are saved, or none."""

    rows = PersonRowSerializer(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]


class PeopleBulkAnswerSerializer(serializers.Serializer[Any]):
    """What came of each row, in their order."""

    results = serializers.ListField(
        child=serializers.DictField(), read_only=True, help_text="id, and created, updated or unchanged."
    )


class AbsenceSerializer(RowSerializer):
    """Days on which somebody is away, or works less."""

    person_name = name_of("person.name")

    class Meta:
        model = Absence
        fields = (
            "id", "version", "person", "person_name", "kind", "first_date", "last_date", "away_ratio", "note",
            "created_at", "updated_at",
        )  # fmt: skip
        create_only = ("person",)


class RoleRateSerializer(RowSerializer):
    """What a working day of a role costs from a day on, until the next rate of the role."""

    role_name = name_of("role.name")
    currency = serializers.RegexField(
        "^[A-Za-z]{3}$", required=False, help_text="ISO 4217; by default the organization's own."
    )

    class Meta:
        model = RoleRate
        fields = (
            "id", "version", "role", "role_name", "from_date", "day_amount", "currency", "created_at", "updated_at",
        )  # fmt: skip
        create_only = ("role",)


class CapacitySerializer(RowSerializer):
    """The capacity of a role in a team in a month as somebody typed it."""

    role_name = name_of("role.name")
    team_name = name_of("team.name")

    class Meta:
        model = Capacity
        fields = (
            "id", "version", "role", "role_name", "team", "team_name", "month", "fte", "note",
            "created_at", "updated_at",
        )  # fmt: skip


class CapacityCellSerializer(StrictSerializer):
    """A cell of typed capacity. Without FTE, people count again."""

    role = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    team = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True, help_text="None: the role outside teams."
    )
    month = serializers.DateField(help_text="The first day of the month.")
    fte = serializers.DecimalField(8, 3, allow_null=True, min_value=0, max_value=1000)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CapacityBulkSerializer(StrictSerializer):
    """Up to 1,000 cells; all of them are saved, or none."""

    cells = CapacityCellSerializer(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]


class CapacityBulkAnswerSerializer(serializers.Serializer[Any]):
    """The id of each cell's row, in their order; null where there is none any more."""

    results = serializers.ListField(child=serializers.IntegerField(allow_null=True), read_only=True)


class CapacityMonthSerializer(serializers.Serializer[Any]):
    """The capacity of a role in a team in a month: typed, else what its people add up to."""

    role = serializers.IntegerField(source="role_id", allow_null=True)
    team = serializers.IntegerField(source="team_id", allow_null=True)
    month = serializers.DateField()
    fte = serializers.DecimalField(12, 6)
    is_typed = serializers.BooleanField()
