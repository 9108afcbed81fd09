"""Every write to people, organizations, memberships and tokens."""

import datetime
import hashlib
import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import ApiToken, Membership, Organization, SavedPage, SavedView, SavedViewQuerySet, User
from accounts.selectors import normal_query, values_before
from core.access import Role, require
from core.errors import Conflict, FieldErrors, NotAllowed
from core.tenancy import Scope, organization_scope, scope
from events.services import archive_recorded, change_recorded, create_recorded, record, restore_recorded


@transaction.atomic
def create_organization(*, actor: User, name: str, slug: str, **fields: Any) -> Organization:
    """Found an organization; the person who does becomes its owner."""
    organization = Organization(name=name, slug=slug, **fields)
    organization.full_clean()
    organization.save()
    with organization_scope(organization, actor):
        Membership.objects.create(organization=organization, user=actor, role=Role.OWNER)
        record("organization.created", actor=actor, subject=organization, changes={"name": [None, name]})
    actor.remember_role(organization.pk, Role.OWNER)
    return organization


@transaction.atomic
def found_organization(
    *, actor: User | None, email: str, person_name: str, name: str, slug: str, **fields: Any
) -> Membership:
    """Found an organization for its owner, as an administrator of the server does. Somebody unknown is given an account
    without a password.

    Args:
        actor: None, for the server's own administrator; the owner is told as the founder.
        email, person_name: of the owner.
    Raises:
        FieldErrors: the person is new here and has no name.
        Conflict: the person may no longer sign in.
        django.core.exceptions.ValidationError: a value is wrong, or the slug is taken; nothing is written.
    """
    owner = _person(email, person_name)
    organization = create_organization(actor=owner, name=name, slug=slug, **fields)
    with organization_scope(organization, owner):
        return Membership.objects.select_related("user").get(organization=organization, user=owner)


@transaction.atomic
def update_organization(
    *, actor: User, organization: Organization, expected_version: int | None = None, **fields: Any
) -> Organization:
    """Change an organization's name or fiscal year.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: another currency; the amounts that are kept would mean something else.
    """
    require(actor, "organization.manage", organization)
    if fields.get("currency", organization.currency) != organization.currency:
        raise Conflict(f"Amounts are kept in {organization.currency}; another currency would change what they mean.")
    return change_recorded(
        "organization.updated", actor=actor, subject=organization, values=fields, expected_version=expected_version
    )


@transaction.atomic
def add_member(
    *, actor: User, organization: Organization, user: User, role: str, sees_amounts: bool = True
) -> Membership:
    """Make a person a member."""
    require(actor, "member.manage", organization)
    membership = Membership(organization=organization, user=user, role=role, sees_amounts=sees_amounts)
    return create_recorded("membership.created", actor=actor, subject=membership)


@transaction.atomic
def add_person(
    *, actor: User, organization: Organization, email: str, name: str, role: str, sees_amounts: bool = True
) -> Membership:
    """Make the person with that e-mail address a member. Somebody unknown is given an account without a password.

    Raises:
        NotAllowed: the actor is not an owner.
        FieldErrors: the person is new here and has no name.
        Conflict: the person may no longer sign in anywhere.
    """
    require(actor, "member.manage", organization)
    person = _person(email, name)
    membership = Membership(organization=organization, user=person, role=role, sees_amounts=sees_amounts)
    return create_recorded("membership.created", actor=actor, subject=membership)


@transaction.atomic
def change_role(*, actor: User, membership: Membership, role: str, expected_version: int | None = None) -> Membership:
    """Give a member another role.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: the organization would be left without an owner.
    """
    require(actor, "member.manage", membership.organization_id)
    _keep_an_owner(membership, role)
    return change_recorded(
        "membership.role_changed",
        actor=actor,
        subject=membership,
        values={"role": role},
        expected_version=expected_version,
    )


@transaction.atomic
def show_amounts(
    *, actor: User, membership: Membership, sees_amounts: bool, expected_version: int | None = None
) -> Membership:
    """Show amounts of money to a member, or hide them; in a leading role it counts when the role ends.

    Raises:
        NotAllowed: the actor is not an owner.
    """
    require(actor, "member.manage", membership.organization_id)
    return change_recorded(
        "membership.amounts_shown" if sees_amounts else "membership.amounts_hidden",
        actor=actor,
        subject=membership,
        values={"sees_amounts": sees_amounts},
        expected_version=expected_version,
    )


@transaction.atomic
def change_standing(
    *, actor: User, membership: Membership, role: str, sees_amounts: bool, expected_version: int | None = None
) -> Membership:
    """Give a member another role, and show or hide amounts: what changes of both, each with its event.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: the organization would be left without an owner.
    """
    changed = change_role(actor=actor, membership=membership, role=role, expected_version=expected_version)
    return show_amounts(actor=actor, membership=changed, sees_amounts=sees_amounts)


@transaction.atomic
def remove_member(*, actor: User, membership: Membership) -> None:
    """End a membership, and every token the person has here.

    Raises:
        Conflict: the organization would be left without an owner.
    """
    require(actor, "member.manage", membership.organization_id)
    _keep_an_owner(membership, None)
    for token in ApiToken.objects.filter(
        organization_id=membership.organization_id, user=membership.user, revoked_at=None
    ):
        change_recorded("api_token.revoked", actor=actor, subject=token, values={"revoked_at": timezone.now()})
    record("membership.ended", actor=actor, subject=membership, changes={"role": [membership.role, None]})
    membership.delete()


@transaction.atomic
def make_password_link(*, actor: User, membership: Membership) -> tuple[str, str]:
    """The id and token of a link with which a member sets a password, once and within three days.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: the person is a member elsewhere too. Who could set their password here could read there.
    """
    require(actor, "member.manage", membership.organization_id)
    user = membership.user
    if _belongs_elsewhere(membership):
        raise Conflict(
            f"{user} is a member of another organization too, so only they can change their password: in their profile."
        )
    record("membership.password_link_made", actor=actor, subject=membership)
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


@transaction.atomic
def rename_person(*, actor: User, organization: Organization, name: str) -> User:
    """Change one's own name."""
    membership = Membership.objects.get(organization=organization, user=actor)
    user = User.objects.select_for_update().get(pk=actor.pk)
    before, user.name = user.name, name
    user.full_clean(exclude=["password"])
    if before != name:
        user.save(update_fields=["name"])
        membership.user = user
        record("membership.renamed", actor=user, subject=membership, changes={"name": [before, name]})
    return user


@transaction.atomic
def change_password(*, actor: User, password: str) -> User:
    """Set one's own password; every other session of the person ends. Recorded wherever they are a member.

    Raises:
        django.core.exceptions.ValidationError: the password is too weak.
    """
    user = User.objects.select_for_update().get(pk=actor.pk)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    with scope(Scope(user_id=user.pk)):
        memberships = list(Membership.objects.filter(user=user).select_related("organization"))
    for membership in memberships:
        with scope(Scope(membership.organization_id, user.pk)):
            record("membership.password_changed", actor=user, subject=membership)
    return user


@transaction.atomic
def create_api_token(
    *, actor: User, organization: Organization, name: str, scope: str, expires_at: datetime.datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token for the actor; returns it with its secret, which is shown this once and not kept."""
    require(actor, "token.create", organization)
    secret = f"ptl_{organization.pk}_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        organization=organization,
        user=actor,
        name=name,
        scope=scope,
        expires_at=expires_at,
        digest=token_digest(secret),
        hint=secret[-4:],
    )
    token.full_clean()
    token.save()
    record("api_token.created", actor=actor, subject=token, changes={"scope": [None, scope]})
    return token, secret


@transaction.atomic
def revoke_api_token(*, actor: User, token: ApiToken) -> ApiToken:
    """End a token at once: one's own, or as an owner anybody's."""
    if token.user_id != actor.pk:
        require(actor, "member.manage", token.organization_id)
    return change_recorded("api_token.revoked", actor=actor, subject=token, values={"revoked_at": timezone.now()})


def token_digest(secret: str) -> str:
    """What is kept of a token: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _person(email: str, name: str) -> User:
    """The person with an e-mail address, made where nobody has it yet."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None and not name.strip():
        raise FieldErrors({"name": "Nobody signs in with this address yet: give the person's name."})
    if user is None:
        user = User(email=User.objects.normalize_email(email).lower(), name=name)
        user.set_unusable_password()
        user.full_clean()
        user.save()
    if not user.is_active:
        raise Conflict(f"{user} may no longer sign in. Ask an administrator of this server.")
    return user


def _belongs_elsewhere(membership: Membership) -> bool:
    """True when the member is a member of another organization too."""
    with scope(Scope(membership.organization_id, membership.user_id)):
        elsewhere = Membership.objects.filter(user_id=membership.user_id)
        return elsewhere.exclude(organization_id=membership.organization_id).exists()


def _keep_an_owner(membership: Membership, role: str | None) -> None:
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    owners = Membership.objects.filter(organization_id=membership.organization_id, role=Role.OWNER)
    if role != Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Conflict("An organization needs an owner. Make somebody else an owner first.")


#: A person has so many views of a list, and everybody together as many.
MOST_VIEWS = 20


@transaction.atomic
def create_saved_view(
    *, actor: User, organization: Organization, name: str, query: str = "", page: str = SavedPage.INBOX,
    is_shared: bool = False, external_key: str = "",
) -> SavedView:  # fmt: skip
    """Keep the filters of a list under a name, for oneself or for everybody; it stands behind the others.

    Raises:
        NotAllowed: the actor's role may not share views.
        FieldErrors: the list has no such filter, or a filter no such value.
        Conflict: there are `MOST_VIEWS` already.
    """
    require(actor, "view.share" if is_shared else "organization.read", organization)
    person = None if is_shared else actor
    positions = _positions(SavedView.objects.filter(organization=organization, page=page, person=person))
    row = SavedView(
        organization=organization, person=person, page=page, name=name, query=normal_query(actor, page, query),
        position=max(positions, default=0) + 1, external_key=external_key,
    )  # fmt: skip
    return create_recorded("saved_view.created", actor=actor, subject=row)


@transaction.atomic
def update_saved_view(*, actor: User, view: SavedView, expected_version: int | None = None, **fields: Any) -> SavedView:
    """Change the name, the filters or the place of a view.

    Raises:
        NotAllowed: it is somebody else's, or shared and the actor's role may not share views.
        FieldErrors: the list has no such filter, or a filter no such value.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    _require_view(actor, view)
    if "query" in fields:
        fields["query"] = normal_query(actor, view.page, fields["query"])
    return change_recorded(
        "saved_view.updated", actor=actor, subject=view, values=fields, expected_version=expected_version
    )


@transaction.atomic
def undo_saved_view(*, actor: User, view: SavedView, version: int) -> SavedView:
    """Give a view the name and the filters that it had before the change that made it `version`; again is no change.

    Raises:
        Conflict: that was no change of name or filters, or something else has happened to the view since.
    """
    _require_view(actor, view)
    fresh = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    values = values_before(fresh, "saved_view.updated", version)
    if not values:
        raise Conflict("That was no change of this view's name or filters; it stays as it is.")
    if fresh.version == version + 1 and values_before(fresh, "saved_view.update_undone", fresh.version):
        return fresh
    if fresh.version != version:
        raise Conflict("Something else has happened to this view since; it stays as it is.")
    return change_recorded("saved_view.update_undone", actor=actor, subject=fresh, values=values)


@transaction.atomic
def move_saved_view(*, actor: User, view: SavedView, steps: int) -> SavedView:
    """Move a view by so many places among those beside it, backwards where `steps` is negative."""
    _require_view(actor, view)
    beside = SavedView.objects.filter(organization_id=view.organization_id, page=view.page, person=view.person)
    rows = list(beside.live().in_order().select_for_update(of=("self",)))
    order = [row.pk for row in rows if row.pk != view.pk]
    place = next((n for n, row in enumerate(rows) if row.pk == view.pk), len(order))
    order.insert(max(0, min(len(order), place + steps)), view.pk)
    for row in rows:
        values = {"position": order.index(row.pk) + 1}
        fresh = change_recorded("saved_view.moved", actor=actor, subject=row, values=values)
        view = fresh if fresh.pk == view.pk else view
    return view


@transaction.atomic
def archive_saved_view(*, actor: User, view: SavedView, expected_version: int | None = None) -> SavedView:
    """Remove a view; restoring brings it back."""
    _require_view(actor, view)
    return archive_recorded("saved_view.archived", actor=actor, subject=view, expected_version=expected_version)


@transaction.atomic
def restore_saved_view(*, actor: User, view: SavedView, expected_version: int | None = None) -> SavedView:
    """Bring a removed view back.

    Raises:
        django.core.exceptions.ValidationError: another has taken its name.
        Conflict: there are `MOST_VIEWS` without it.
    """
    _require_view(actor, view)
    beside = SavedView.objects.filter(organization_id=view.organization_id, page=view.page, person=view.person)
    _positions(beside.exclude(pk=view.pk))
    return restore_recorded("saved_view.restored", actor=actor, subject=view, expected_version=expected_version)


def _positions(views: SavedViewQuerySet) -> list[int]:
    """The places of the views beside which one more is to stand; `MOST_VIEWS` are a conflict."""
    positions = list(views.live().values_list("position", flat=True))
    if len(positions) >= MOST_VIEWS:
        raise Conflict(f"There are {MOST_VIEWS} views already, the most there can be. Remove one first.")
    return positions


def _require_view(actor: User, view: SavedView) -> None:
    require(actor, "view.share" if view.is_shared else "organization.read", view.organization_id)
    if not view.is_shared and view.person_id != actor.pk:
        raise NotAllowed("This view is somebody else's.")
