"""Pages of people and of the organization itself."""

from accounts.views.members import member_add, member_list, member_password_link, member_remove, member_role
from accounts.views.organization import settings
from accounts.views.profile import profile, profile_password, set_password
from accounts.views.saved import (
    saved_view_create,
    saved_view_edit,
    saved_view_move,
    saved_view_remove,
    saved_view_restore,
    saved_view_undo,
)
from accounts.views.signing import sign_in, sign_out, start
from accounts.views.tokens import token_create, token_list, token_revoke

__all__ = [
    "member_add",
    "member_list",
    "member_password_link",
    "member_remove",
    "member_role",
    "profile",
    "profile_password",
    "set_password",
    "saved_view_create",
    "saved_view_edit",
    "saved_view_move",
    "saved_view_remove",
    "saved_view_restore",
    "saved_view_undo",
    "settings",
    "sign_in",
    "sign_out",
    "start",
    "token_create",
    "token_list",
    "token_revoke",
]
