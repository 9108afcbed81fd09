"""What a person may say about teams, roles, skills, people, absences and rates."""

import re
from typing import Any, ClassVar

from django import forms

from core.forms import RatioField, TenantForm
from resources.models import Absence, Person, PersonSkill, ResourceRole, RoleRate, Skill, Team

LINE = re.compile(r"(?P<name>.*\S)[\s:,;]+(?P<level>\d+)")
#: So many skills are named in a help text.
MOST_TOLD = 30


class StaffForm(TenantForm):
    """A form whose choices say in words what choosing none means."""

    nothing: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.nothing.items():
            field: Any = self.fields[name]
            field.empty_label = words


class TeamForm(StaffForm):
    nothing = {"lead": "Nobody yet"}

    class Meta:
        model = Team
        fields = ("name", "lead", "description", "external_key")


class RoleForm(StaffForm):
    class Meta:
        model = ResourceRole
        fields = ("name", "description", "external_key")


class SkillForm(StaffForm):
    class Meta:
        model = Skill
        fields = ("name", "external_key")


class PersonForm(StaffForm):
    """A person: who they are, where they belong, when they are there, what they can do."""

    nothing = {
        "role": "None", "team": "None", "calendar": "The default calendar", "user": "No account",
    }  # fmt: skip
    skills = forms.CharField(
        required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
    )

    class Meta:
        model = Person
        labels: ClassVar[dict[str, str]] = {"start_date": "First day", "finish_date": "Last day", "user": "Account"}
        fields = (
            "name", "is_placeholder", "role", "team", "fte", "calendar", "start_date", "finish_date", "email", "user",
            "external_key",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {row.name.lower(): row for row in Skill.objects.visible_to(self.user).live().order_by("name")}
        told = ", ".join(row.name for row in list(self.known.values())[:MOST_TOLD])
        words = "One a line, with a level: 1 learns it, 3 does it alone, 5 teaches it. Like “{}”."
        self.fields["skills"].help_text = words.format(f"{told.partition(',')[0] or 'Python'} 4") + (
            f" Known: {told}." if told else " Add skills first, on their page."
        )
        if self.instance.pk:
            del self.fields["is_placeholder"]
            levels = PersonSkill.objects.filter(person=self.instance).select_related("skill").order_by("skill__name")
            self.initial["skills"] = "\n".join(f"{row.skill.name} {row.level}" for row in levels)

    def clean_skills(self) -> dict[Skill, int]:
        levels: dict[Skill, int] = {}
        for line in self.cleaned_data["skills"].splitlines():
            if not line.strip():
                continue
            found = LINE.fullmatch(line.strip())
            if found is None or not 1 <= int(found["level"][:4]) <= 5:
                raise forms.ValidationError(f"“{line.strip()[:80]}” needs a skill and a level from 1 to 5.")
            skill = self.known.get(found["name"].lower())
            if skill is None:
                raise forms.ValidationError(
                    f"There is no skill “{found['name'][:80]}”. Add it on the skills page first."
                )
            if skill in levels:
                raise forms.ValidationError(f"“{skill}” stands in two lines. Keep one of both.")
            levels[skill] = int(found["level"])
        return levels

    def values(self) -> dict[str, Any]:
        return super().values() | {"skill_levels": self.cleaned_data["skills"]}


class FillForm(forms.Form):
    """Who takes over from a placeholder."""

    person = forms.ModelChoiceField(Person.objects.none(), empty_label="Choose a person")
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, placeholder: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Person.objects.visible_to(user).live().filter(is_placeholder=False).order_by("name", "pk")
        field: Any = self.fields["person"]
        field.queryset = rows
        self.fields["version"].initial = placeholder.version


class AbsenceForm(StaffForm):
    away_ratio = RatioField(label="Share away, in percent", min_value=1, initial=1, help_text="100 is the whole day.")

    class Meta:
        model = Absence
        fields = ("kind", "first_date", "last_date", "away_ratio", "note")


class RateForm(StaffForm):
    class Meta:
        model = RoleRate
        fields = ("from_date", "day_amount", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_date"].label = "From this day on"
        self.fields["currency"].help_text = "Three letters, such as EUR."
        if not self.instance.pk:
            self.fields["currency"].initial = self.organization.currency

    def clean_currency(self) -> str:
        text = str(self.cleaned_data["currency"]).upper()
        if not re.fullmatch("[A-Z]{3}", text):
            raise forms.ValidationError("A currency has three letters, such as EUR.")
        return text
