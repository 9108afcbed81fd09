"""Who a session belongs to."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import Membership, User
from core.tenancy import current_scope


class MemberBackend(ModelBackend):
    """Reads a person along with the memberships, which every page of an organization needs, in one statement."""

    def get_user(self, user_id: Any) -> Any:
        """The person; None when unknown or not active.

        Memberships are seen only in the person's own scope, which `accounts.middleware` enters beforehand.
        """
        mine = Membership.objects.of_person(user_id) if current_scope().user_id == int(user_id) else []
        if not mine:
            return super().get_user(user_id)
        user: User = mine[0].user
        user.my_memberships = mine
        return user if self.user_can_authenticate(user) else None
