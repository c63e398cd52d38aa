"""What no single document shows: one module per rule, each a pure function of the whole model."""

from collections.abc import Iterator
from typing import Protocol

from cubec.checks import (
    control_cluster,
    decommission_due,
    default_pool_not_listed,
    duplicate_document,
    duplicate_entry,
    duplicate_id,
    duplicate_placement,
    duplicate_subject,
    foreign_pool,
    group_without_members,
    group_without_owners,
    group_without_placement,
    identity_namespace_shared,
    membership_expired,
    membership_expiring,
    namespace_collision,
    oidc_group_without_oidc,
    owner_handle,
    pool_not_granted,
    rename_collision,
    reserved_id,
    reserved_name,
    reserved_namespace,
    retired_id,
    second_platform,
    system_subject,
    unknown_category,
    unknown_cluster,
    unknown_group,
    unknown_pool,
    unknown_role,
    unknown_template,
    unknown_user,
    unknown_volume,
    unsafe_oidc_prefix,
    user_expired,
    user_expiring,
    user_without_group,
)
from cubec.diagnostics import Diagnostic, Rule
from cubec.model.model import Model


class Check(Protocol):
    """A module: its docstring is the page of its code, with a Bad and a Good example; ``check`` reports what breaks it."""

    RULE: Rule

    def check(self, model: Model) -> Iterator[Diagnostic]: ...


CHECKS: tuple[Check, ...] = (
    control_cluster,
    decommission_due,
    default_pool_not_listed,
    duplicate_document,
    duplicate_entry,
    duplicate_id,
    duplicate_placement,
    duplicate_subject,
    foreign_pool,
    group_without_members,
    group_without_owners,
    group_without_placement,
    identity_namespace_shared,
    membership_expired,
    membership_expiring,
    namespace_collision,
    oidc_group_without_oidc,
    owner_handle,
    pool_not_granted,
    rename_collision,
    reserved_id,
    reserved_name,
    reserved_namespace,
    retired_id,
    second_platform,
    system_subject,
    unknown_category,
    unknown_cluster,
    unknown_group,
    unknown_pool,
    unknown_role,
    unknown_template,
    unknown_user,
    unknown_volume,
    unsafe_oidc_prefix,
    user_expired,
    user_expiring,
    user_without_group,
)
