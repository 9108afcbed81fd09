"""People and tenants."""

from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from core.access import Role, sees_amounts
from core.models import ArchivableModel, TenantModel
from core.querysets import ArchivableQuerySet, TenantQuerySet
from core.sql import columns, fetch, instance

Currency = RegexValidator(r"^[A-Z]{3}$", "A currency is three capital letters (ISO 4217), for example USD.")


class UserManager(BaseUserManager["User"]):
    """Creates people who sign in with their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who may be a member of several organizations."""

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="Somebody signs in with this e-mail address already.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).split()
        return "".join(word[0] for word in [words[0], *words[1:][-1:]]).upper()

    @cached_property
    def my_memberships(self) -> list["Membership"]:
        """The person's memberships, by the names of the organizations."""
        return Membership.objects.of_person(self.pk)

    def role_in(self, organization_id: int | None) -> Role | None:
        """The person's role in an organization, read once per object; None for an outsider."""
        return self._standing(organization_id)[0]

    def sees_amounts_in(self, organization_id: int | None) -> bool:
        """Whether amounts of money are shown to the person there; read along with the role."""
        return self._standing(organization_id)[1]

    def remember_role(self, organization_id: int, role: str, *, is_shown_amounts: bool = True) -> None:
        """Spare the query of `role_in` where the membership has been read already."""
        self._standings[organization_id] = (Role(role), sees_amounts(role, is_shown_amounts))

    @cached_property
    def _standings(self) -> dict[int | None, tuple[Role | None, bool]]:
        """By organization: the role, and whether amounts are shown."""
        return {None: (None, False)}

    def _standing(self, organization_id: int | None) -> tuple[Role | None, bool]:
        if organization_id not in self._standings:
            mine = Membership.objects.filter(user=self, organization_id=organization_id or 0)
            found = mine.values_list("role", "sees_amounts").first()
            if found is None:
                return self._standings.setdefault(organization_id, (None, False))
            self.remember_role(organization_id, found[0], is_shown_amounts=found[1])  # type: ignore[arg-type]
        return self._standings[organization_id]


class Organization(models.Model):
    """A tenant: the owner of every other row."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(
        max_length=3, default="USD", validators=[Currency], help_text="Amounts are kept and summed in this currency."
    )
    fiscal_year_start_month = models.PositiveSmallIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start_month__range=(1, 12)),
                name="organization_fiscal_month_known",
                violation_error_message="A fiscal year starts in a month from 1 to 12.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organization_id(self) -> int:
        """An organization owns itself, so that events about it are recorded like all others."""
        return self.pk


class MembershipQuerySet(TenantQuerySet):
    def of_person(self, user_id: int) -> list["Membership"]:
        """A person's memberships with person and organization, by the organizations' names.

        Every page asks for them, so the statement is written by hand and prepared.
        """
        people, tenants = len(Membership._meta.concrete_fields), len(User._meta.concrete_fields)
        found = []
        for values in fetch(OF_PERSON, [user_id]):
            membership: Any = instance(Membership, values)
            membership.user = instance(User, values[people:])
            membership.organization = instance(Organization, values[people + tenants :])
            found.append(membership)
        return found


class Membership(TenantModel):
    """A person's role in an organization."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships", editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    sees_amounts = models.BooleanField(
        "sees amounts of money",
        default=True,
        db_default=True,
        help_text="Costs, budgets, revenues and what is figured from them. Owners and portfolio managers always do.",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="membership_unique_per_organization",
                violation_error_message="This person is a member already.",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    @property
    def is_shown_amounts(self) -> bool:
        """Whether the member sees amounts: as the owner left it, and in the leading roles always."""
        return sees_amounts(self.role, self.sees_amounts)


OF_PERSON = f"""
    SELECT {columns(Membership, "membership")}, {columns(User, "person")}, {columns(Organization, "organization")}
    FROM accounts_membership membership
    JOIN accounts_user person ON person.id = membership.user_id
    JOIN accounts_organization organization ON organization.id = membership.organization_id
    WHERE membership.user_id = %s ORDER BY organization.name, membership.id
"""


class TokenScope(models.TextChoices):
    READ = "read", "Read only"
    WRITE = "write", "Read and write"


class ApiToken(TenantModel):
    """A key by which a program calls the API on a member's behalf; only its digest is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What uses it, for example “Nightly export”.")
    digest = models.CharField(max_length=64, editable=False)
    hint = models.CharField(max_length=8, editable=False)
    scope = models.CharField(max_length=10, choices=TokenScope.choices, default=TokenScope.READ)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="api_token_digest_unique"),
            models.CheckConstraint(condition=models.Q(scope__in=TokenScope.values), name="api_token_scope_known"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedPage(models.TextChoices):
    """Lists that have saved views; `accounts.selectors.views` knows the filters of each."""

    INBOX = "inbox", "Inbox"


class SavedViewQuerySet(ArchivableQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those that are shared."""
        return super().visible_to(user).filter(models.Q(person=user) | models.Q(person=None))

    def in_order(self) -> Self:
        """Those that are shared first."""
        return self.order_by(models.F("person").asc(nulls_first=True), "position", "pk")


class SavedView(ArchivableModel):
    """Filters of a list under a name: a person's own, or everybody's where no person is named."""

    person = models.ForeignKey(User, models.PROTECT, related_name="saved_views", null=True, blank=True, editable=False)
    page = models.CharField("list", max_length=20, choices=SavedPage, default=SavedPage.INBOX)
    name = models.CharField(max_length=60)
    query = models.CharField(
        "filters", max_length=1_000, blank=True, help_text="As in the list's address, such as sentiment=negative."
    )
    position = models.PositiveIntegerField(default=0, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "page", "person", "name"],
                condition=models.Q(archived_at=None),
                nulls_distinct=False,
                name="saved_view_name_unique",
                violation_error_message="Another view has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~models.Q(external_key=""),
                name="saved_view_external_key_unique",
                violation_error_message="Another view has this external key.",
            ),
            models.CheckConstraint(
                condition=models.Q(page__in=SavedPage.values),
                name="saved_view_page_known",
                violation_error_message="There is no such list.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "page", "position"], name="saved_view_by_page")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.person_id is None
