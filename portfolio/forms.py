"""What a person may say about portfolios, products, lines, stances and shares."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from core.filters import SearchBox
from core.forms import RatioField, TenantForm
from portfolio.models import Portfolio, Product, ProductLine, Stance, StanceDecision
from portfolio.selectors.parked import Places, Reason
from portfolio.selectors.tree import parent_choices
from programs.models import Program
from projects.forms import RowForm
from projects.models import Project

#: Rows on the page of shares before anything is added, and at most.
FEWEST_ROWS, MOST_ROWS = 4, 40


class PortfolioForm(RowForm):
    nothing = {"manager": "Nobody yet"}

    class Meta:
        model = Portfolio
        fields = ("name", "parent", "manager", "description", "external_key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: Any = self.fields["parent"]
        parent.label, parent.help_text = "Inside", "A portfolio holds the totals of those inside it."
        # What lies below cannot be chosen; shown again after an error, the list holds what was chosen.
        without = None if self.is_bound else self.instance.pk
        parent.widget.choices = [("", "No other: at the top"), *parent_choices(self.user, without)]


class ProductLineForm(TenantForm):
    class Meta:
        model = ProductLine
        fields = ("code", "name", "description", "external_key")


class GrowthField(RatioField):
    """A change, in percent of what was before; it may shrink, and at most to nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=-100, max_value=99_999, **kwargs)


class ProductForm(RowForm):
    nothing = {"line": "No line", "owner": "Nobody yet"}
    revenue_growth_ratio = GrowthField(
        label="Revenue growth in percent",
        required=False,
        help_text="Against the twelve months before; −12 is a decline.",
    )

    class Meta:
        model = Product
        fields = (
            "name",
            "line",
            "lifecycle_stage",
            "owner",
            "annual_revenue_amount",
            "revenue_growth_ratio",
            "annual_cost_amount",
            "external_key",
            "description",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line: Any = self.fields["line"]
        line.queryset = line.queryset.order_by("code", "pk")
        line.label_from_instance = lambda line: f"{line.code} · {line.name}"
        for name in {"annual_revenue_amount", "annual_cost_amount"} & set(self.fields):
            field = self.fields[name]
            field.label = f"{field.label} in {self.organization.currency}"
            amount = self.initial.get(name)
            if amount is not None and amount == amount.to_integral_value():
                self.initial[name] = int(amount)


class StanceForm(RowForm):
    nothing = {"owner": "Choose a person"}
    stance = forms.ChoiceField(choices=Stance.choices, widget=forms.RadioSelect, label="Decision")

    class Meta:
        model = StanceDecision
        fields = ("stance", "reason", "owner", "decided_date", "review_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "owner": ("Owner", "Answers for the decision."),
            "reason": ("Reason", "What decided it, so that the review can judge whether it still holds."),
            "decided_date": ("Decided on", ""),
            "review_date": ("Review on", "When it is looked at again."),
        }
        for name, (label, help_text) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text

    def clean_decided_date(self) -> Any:
        day = self.cleaned_data["decided_date"]
        if day > timezone.localdate():
            raise forms.ValidationError("A decision is recorded once it is made: choose today or a day before.")
        return day


class SharesForm(TenantForm):
    """Which products a project serves: rows of a product and a percentage, as many as the person asks for."""

    class Meta:
        model = Project
        fields = ()

    def __init__(self, *args: Any, shares: Mapping[Product, Decimal], products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {str(product.pk): product for product in [*products, *shares]}
        choices = [("", "No product"), *((key, _product_label(product)) for key, product in self.products.items())]
        given = [(product.pk, ratio) for product, ratio in shares.items()]
        self.row_count = self._rows_asked_for(len(given))
        for number in range(self.row_count):
            product, ratio = given[number] if number < len(given) else ("", None)
            self.fields[f"product_{number}"] = forms.ChoiceField(
                choices=choices, required=False, initial=product, label=f"Product {number + 1}"
            )
            self.fields[f"share_{number}"] = RatioField(
                required=False, initial=ratio, label=f"Share of product {number + 1} in percent"
            )

    def _rows_asked_for(self, given: int) -> int:
        asked = str(self.data.get("rows", "")) if self.is_bound else ""
        count = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
        more = 1 if self.is_bound and "add_row" in self.data else 0
        return min(MOST_ROWS, max(count + more, given + 1, FEWEST_ROWS))

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Bound fields, a product and its share in each."""
        return [(self[f"product_{number}"], self[f"share_{number}"]) for number in range(self.row_count)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for number in range(self.row_count):
            product, share = cleaned.get(f"product_{number}"), cleaned.get(f"share_{number}")
            if product and product in seen:
                self.add_error(f"product_{number}", "This product is named twice. Add its shares together.")
            elif product and not share and f"share_{number}" not in self.errors:
                self.add_error(f"share_{number}", "Say how much of the project serves it.")
            elif share and not product and f"product_{number}" not in self.errors:
                self.add_error(f"product_{number}", "Say which product this share serves.")
            seen.add(product or "")
        total = sum(self.shares().values(), Decimal(0))
        if not self.errors and total not in (0, 1):
            gap = (1 - total) * 100
            words = f"{gap.normalize():f} % is missing" if gap > 0 else f"{-gap.normalize():f} % is too much"
            self.add_error(None, f"The shares sum to {(total * 100).normalize():f} %, not to 100 %: {words}.")
        return cleaned

    def shares(self) -> dict[Product, Decimal]:
        """Product -> share of one, of the rows that are filled in."""
        found: dict[Product, Decimal] = {}
        for number in range(self.row_count):
            product = self.cleaned_data.get(f"product_{number}")
            share = self.cleaned_data.get(f"share_{number}")
            if product and share:
                found[self.products[product]] = share
        return found


def _product_label(product: Product) -> str:
    return f"{product.name} ({product.line.code})" if product.line else product.name


class _Placed(TenantForm):
    """A parked row's name, and the place it is given in words: places are too many for a list in every row."""

    parent = forms.CharField(label="Belongs to", required=False, max_length=300)

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.fields["parent"].initial = places.label_of(self.instance)

    def clean_parent(self) -> Program | Portfolio:
        return named(self.places, self.cleaned_data["parent"])


class ParkedProjectForm(_Placed):
    class Meta:
        model = Project
        fields = ("name",)

    def values(self) -> dict[str, Any]:
        place = self.cleaned_data["parent"]
        is_portfolio = isinstance(place, Portfolio)
        return {
            **super().values(),
            "program": None if is_portfolio else place,
            "portfolio": place if is_portfolio else None,
        }


class ParkedProgramForm(_Placed):
    class Meta:
        model = Program
        fields = ("name",)

    def values(self) -> dict[str, Any]:
        return {**super().values(), "portfolio": self.cleaned_data["parent"]}


class ParkedFilter(forms.Form):
    """What the list of parked rows can be narrowed to."""

    q = forms.CharField(label="Find parked rows", required=False, max_length=200, widget=SearchBox)
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "Any"), ("program", "Programs"), ("project", "Projects")]
    )
    reason = forms.ChoiceField(label="Why", required=False)

    def __init__(self, data: Any, *, reasons: list[Reason]) -> None:
        super().__init__(data)
        reason: Any = self.fields["reason"]
        reason.choices = [("", "Any"), *((row.text, f"{row.text} ({row.count})") for row in reasons)]

        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label

    @property
    def form(self) -> "ParkedFilter":
        return self

    def narrowing(self) -> dict[str, str]:
        """The valid part of what was asked for."""
        self.is_valid()
        asked = self.cleaned_data
        return {"kind": asked.get("kind", ""), "reason": asked.get("reason", ""), "words": asked.get("q", "")}


class BulkForm(forms.Form):
    """One place for many parked rows."""

    picked = forms.MultipleChoiceField()
    parent = forms.CharField(label="Program or portfolio", required=False, max_length=300)

    def __init__(self, *args: Any, places: Places, keys: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        picked: Any = self.fields["picked"]
        picked.choices = [(key, key) for key in keys]
        picked.error_messages["required"] = "Tick the rows to assign."
        picked.error_messages["invalid_choice"] = "One of the ticked rows is no longer parked. Look again, then assign."

    def clean_parent(self) -> Program | Portfolio:
        return named(self.places, self.cleaned_data["parent"])


def named(places: Places, words: str) -> Program | Portfolio:
    """The place that somebody named, or a sentence at the field that says why there is none."""
    place, problem = places.named(words)
    if place is None:
        raise forms.ValidationError(problem)
    return place


class CapacityForm(forms.Form):
    """What of demand and capacity is looked at, in an address."""

    by = forms.CharField(widget=forms.HiddenInput)
    show = forms.CharField(widget=forms.HiddenInput)
    program = forms.CharField(widget=forms.HiddenInput)
    portfolio = forms.ChoiceField(label="Work of")
    from_month = forms.CharField(label="From", widget=forms.TextInput(attrs={"type": "month"}))
    span = forms.ChoiceField(label="For", choices=[(n, f"{n} months") for n in (6, 9, 12, 18, 24, 36, 60)])
    zoom = forms.ChoiceField(label="By", choices=(("month", "month"), ("quarter", "quarter")))
    proposals = forms.BooleanField(label="Include proposals")

    def __init__(self, asked: Any, portfolios: Any, program: str) -> None:
        kind, pk = asked.node
        initial = {
            "by": asked.by,
            "show": asked.show,
            "program": program if kind == "program" else "",
            "portfolio": str(pk) if kind == "portfolio" else "",
            "from_month": f"{asked.first:%Y-%m}",
            "span": str(asked.span),
            "zoom": asked.zoom,
            "proposals": asked.with_proposals,
        }
        super().__init__(initial=initial, auto_id="capacity-%s")
        self.fields["portfolio"].widget.choices = [("", "everybody"), *((row.pk, row.name) for row in portfolios)]
        if kind != "program":
            del self.fields["program"]

    def add_prefix(self, field_name: str) -> str:
        return "from" if field_name == "from_month" else field_name


class HireForm(forms.Form):
    """People who are only supposed, in an address: nothing is saved."""

    hire = forms.DecimalField(
        label="Hire", min_value=0, widget=forms.NumberInput(attrs={"min": "0", "max": "1000", "step": "0.5"})
    )
    hire_role = forms.ChoiceField(label="of")
    hire_team = forms.ChoiceField(label="in")
    hire_from = forms.CharField(label="from", widget=forms.TextInput(attrs={"type": "month"}))

    def __init__(self, asked: Any, load: Any) -> None:
        hire = asked.hire
        initial = {
            "hire": f"{hire.fte.normalize():f}" if hire else "1",
            "hire_role": str(hire.role_id) if hire else "",
            "hire_team": str(hire.team_id or "") if hire else "",
            "hire_from": f"{hire.month if hire else asked.first:%Y-%m}",
        }
        super().__init__(initial=initial, auto_id="capacity-%s")
        for name, rows, nothing in (("hire_role", load.roles, None), ("hire_team", load.teams, "no team")):
            live = [(row.pk, row.name) for row in rows.values() if not row.is_archived]
            self.fields[name].widget.choices = [*([("", nothing)] if nothing else ()), *live]
