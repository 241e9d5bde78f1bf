"""EC2 Auto Scaling: what a group remembers, and how it launches and terminates instances."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState, LifecycleHook
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.utils import convert_tag_spec

from k8saws_moto.patching import around, instead


def apply() -> None:
    """Puts all mends of this module in place."""
    group_names_are_unique()
    groups_remember_all_settings()
    lifecycle_hooks_are_complete()
    updates_keep_what_they_do_not_name()
    mixed_groups_show_no_launch_template()
    missing_groups_are_refused()
    capacity_is_within_the_groups_sizes()
    instances_come_from_the_template_in_all_subnets()
    instances_leave_the_fullest_zone()
    terminated_instances_leave_target_groups()
    groups_with_instances_are_kept()
    groups_can_be_refreshed()
    instances_show_the_version_they_came_from()


#: Settings of the create and update calls that moto drops: the parameter, the attribute, what stands for "none".
SETTINGS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("MaxInstanceLifetime", "max_instance_lifetime", lambda value: int(value) == 0),
    ("DefaultInstanceWarmup", "default_instance_warmup", lambda value: int(value) == -1),
    ("InstanceMaintenancePolicy", "instance_maintenance_policy", lambda value: value["MinHealthyPercentage"] == -1),
    ("DefaultCooldown", "default_cooldown", lambda value: False),
    ("TerminationPolicies", "termination_policies", lambda value: False),
    ("CapacityRebalance", "capacity_rebalance", lambda value: False),
    ("PlacementGroup", "placement_group", lambda value: value == ""),
    ("Context", "context", lambda value: False),
    ("DesiredCapacityType", "desired_capacity_type", lambda value: False),
    ("AvailabilityZoneDistribution", "availability_zone_distribution", lambda value: False),
    ("CapacityReservationSpecification", "capacity_reservation_specification", lambda value: False),
    ("ServiceLinkedRoleARN", "service_linked_role_arn", lambda value: False),
)


def remember(group: Any, get: Callable[[str], Any]) -> None:
    """Puts the settings that a call names into a group."""
    for parameter, attribute, is_none in SETTINGS:
        value = get(parameter)
        if value is not None:
            setattr(group, attribute, None if is_none(value) else value)


def groups_remember_all_settings() -> None:
    """CreateAutoScalingGroup, UpdateAutoScalingGroup: MaxInstanceLifetime, DefaultInstanceWarmup,
    InstanceMaintenancePolicy, DefaultCooldown, TerminationPolicies, CapacityRebalance and others are kept and shown."""

    @around(AutoScalingResponse, "create_auto_scaling_group")
    def create_auto_scaling_group(old: Any, self: Any) -> Any:
        answer = old(self)
        name = self._get_param("AutoScalingGroupName")
        remember(self.autoscaling_backend.autoscaling_groups[name], self._get_param)
        for hook in self._get_param("LifecycleHookSpecificationList", []):
            put_hook(self.autoscaling_backend, name, hook.get)
        return answer

    @around(AutoScalingResponse, "update_auto_scaling_group")
    def update_auto_scaling_group(old: Any, self: Any) -> Any:
        answer = old(self)
        remember(
            self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")], self._get_param
        )
        return answer


def group_names_are_unique() -> None:
    """CreateAutoScalingGroup: AlreadyExists."""

    @around(AutoScalingResponse, "create_auto_scaling_group")
    def create_auto_scaling_group(old: Any, self: Any) -> Any:
        name = self._get_param("AutoScalingGroupName")
        if name in self.autoscaling_backend.autoscaling_groups:
            raise AutoscalingClientError(
                "AlreadyExists",
                f"AutoScalingGroup by this name already exists - A group with the name {name} already exists",
            )
        return old(self)


def put_hook(backend: Any, group: str, get: Callable[[str], Any]) -> None:
    """Stores a lifecycle hook; its longest stay is 100 heartbeats, 48 hours at most."""
    hook = LifecycleHook(
        get("LifecycleHookName"), group, get("LifecycleTransition"), get("HeartbeatTimeout"), get("DefaultResult")
    )
    hook.heartbeat_timeout = int(hook.heartbeat_timeout)
    hook.global_timeout = min(172800, 100 * hook.heartbeat_timeout)
    hook.role_arn = get("RoleARN")
    hook.notification_target_arn = get("NotificationTargetARN")
    hook.notification_metadata = get("NotificationMetadata")  # type: ignore[attr-defined]
    backend.lifecycle_hooks[f"{group}_{hook.name}"] = hook


def lifecycle_hooks_are_complete() -> None:
    """PutLifecycleHook, CreateAutoScalingGroup with LifecycleHookSpecificationList: all settings of a hook are kept,
    with the documented GlobalTimeout. DeleteAutoScalingGroup takes the hooks along."""

    @instead(AutoScalingResponse, "put_lifecycle_hook")
    def put_lifecycle_hook(self: Any) -> Any:
        name = self._get_param("AutoScalingGroupName")
        existing_group(self.autoscaling_backend, name)
        put_hook(self.autoscaling_backend, name, self._get_param)
        return EmptyResult()

    @around(AutoScalingBackend, "delete_auto_scaling_group")
    def delete_auto_scaling_group(old: Any, self: Any, group_name: str) -> Any:
        answer = old(self, group_name)
        for key, hook in list(self.lifecycle_hooks.items()):
            if hook.auto_scaling_group_name == group_name:
                del self.lifecycle_hooks[key]
        return answer


def existing_group(backend: Any, name: str) -> Any:
    """A group, or Auto Scaling's ValidationError."""
    if name not in backend.autoscaling_groups:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return backend.autoscaling_groups[name]


def missing_groups_are_refused() -> None:
    """DescribeWarmPool, PutWarmPool, DeleteWarmPool, DescribeLifecycleHooks, DeleteLifecycleHook, SetDesiredCapacity,
    CreateOrUpdateTags: ValidationError for a group that does not exist."""
    for action in (
        "describe_warm_pool",
        "put_warm_pool",
        "delete_warm_pool",
        "describe_lifecycle_hooks",
        "delete_lifecycle_hook",
        "set_desired_capacity",
    ):
        refuse_missing_group(action)

    @around(AutoScalingResponse, "create_or_update_tags")
    def create_or_update_tags(old: Any, self: Any) -> Any:
        for tag in self._get_param("Tags", []):
            existing_group(self.autoscaling_backend, tag["ResourceId"])
        return old(self)


def refuse_missing_group(action: str) -> None:
    """Mends one action."""

    @around(AutoScalingResponse, action)
    def call(old: Any, self: Any) -> Any:
        existing_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        return old(self)


def updates_keep_what_they_do_not_name() -> None:
    """UpdateAutoScalingGroup: the mixed instances policy stays when the call names none; a launch template takes its
    place."""

    @around(FakeAutoScalingGroup, "update")
    def update(old: Any, self: Any, **named: Any) -> Any:
        if not named.get("mixed_instances_policy") and not named.get("launch_template"):
            kept = self.mixed_instances_policy
            answer = old(self, **(named | {"mixed_instances_policy": None, "desired_capacity": None}))
            self.mixed_instances_policy = kept
            wanted = named.get("desired_capacity")
            if wanted is None:
                wanted = min(max(self.desired_capacity, self.min_size), self.max_size)
            self.set_desired_capacity(wanted)
            return answer
        return old(self, **named)


def mixed_groups_show_no_launch_template() -> None:
    """DescribeAutoScalingGroups: a group with a MixedInstancesPolicy has no LaunchTemplate beside it."""
    shown = FakeAutoScalingGroup.launch_template.fget  # type: ignore[attr-defined]
    FakeAutoScalingGroup.launch_template = property(  # type: ignore[method-assign, assignment]
        lambda self: None if self.mixed_instances_policy else shown(self)
    )


def capacity_is_within_the_groups_sizes() -> None:
    """CreateAutoScalingGroup, UpdateAutoScalingGroup, SetDesiredCapacity: ValidationError when the desired capacity is
    not between the sizes."""

    def check(desired: int | None, least: int, most: int) -> None:
        if least > most:
            raise ValidationError(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
        if desired is not None and not least <= desired <= most:
            raise ValidationError(
                f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
            )

    @around(AutoScalingResponse, "create_auto_scaling_group")
    def create(old: Any, self: Any) -> Any:
        check(self._get_int_param("DesiredCapacity"), self._get_int_param("MinSize"), self._get_int_param("MaxSize"))
        return old(self)

    @around(AutoScalingResponse, "update_auto_scaling_group")
    def update(old: Any, self: Any) -> Any:
        group = existing_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        least, most = self._get_int_param("MinSize"), self._get_int_param("MaxSize")
        check(
            self._get_int_param("DesiredCapacity"),
            group.min_size if least is None else least,
            group.max_size if most is None else most,
        )
        return old(self)

    @around(AutoScalingResponse, "set_desired_capacity")
    def set_desired_capacity(old: Any, self: Any) -> Any:
        group = existing_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        check(self._get_int_param("DesiredCapacity"), group.min_size, group.max_size)
        return old(self)


def overrides_of(group: Any) -> list[dict[str, Any]]:
    """The instance types of a mixed group."""
    return list(((group.mixed_instances_policy or {}).get("LaunchTemplate") or {}).get("Overrides") or [])


def instances_wanted(group: Any) -> int:
    """How many instances the group's desired capacity asks for, by the weight of its first instance type."""
    overrides = overrides_of(group)
    weight = int((overrides[0].get("WeightedCapacity") if overrides else None) or 1)
    return math.ceil((group.desired_capacity or 0) / weight)


def is_spot(group: Any, count: int) -> bool:
    """Whether the next instance of a mixed group that has `count` is a spot instance: on-demand up to the base, then
    so many that the share above it is at least the wanted one."""
    if not group.mixed_instances_policy:
        return False
    distribution = group.mixed_instances_policy.get("InstancesDistribution") or {}
    base = int(distribution.get("OnDemandBaseCapacity") or 0)
    percent = int(distribution.get("OnDemandPercentageAboveBaseCapacity", 100))
    wanted = base + math.ceil(max(0, count + 1 - base) * percent / 100)
    have = sum(1 for state in group.instance_states if state.instance.lifecycle != "spot")
    return have >= min(wanted, count + 1)


def instances_come_from_the_template_in_all_subnets() -> None:
    """CreateAutoScalingGroup, UpdateAutoScalingGroup, SetDesiredCapacity: new instances go to the subnet of the zone
    that has the fewest, with the template's version, security groups, instance profile, metadata options, volumes and
    tags, the policy's instance types and purchase options, and the group's tags that propagate."""

    @around(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
    def launch(old: Any, self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
        if self.ec2_launch_template is None or not self.vpc_zone_identifier:
            old(self, count_needed, propagated_tags)
            return
        for _ in range(count_needed):
            launch_one(self)


def launch_one(group: Any) -> None:
    """Launches one instance of a group."""
    backend = group.ec2_backend
    version = group.ec2_launch_template.get_version(group.launch_template_version)
    data = version.data
    subnets = [name.strip() for name in group.vpc_zone_identifier.split(",")]
    used = Counter(state.instance.subnet_id for state in group.instance_states)
    subnet = min(subnets, key=lambda name: used[name])
    primaries = [i for i in data.get("NetworkInterfaces", []) if int(i.get("DeviceIndex", 0)) == 0]
    interface: dict[str, Any] = primaries[0] if primaries else {}
    tags = convert_tag_spec(data.get("TagSpecifications", []))
    own = group.get_propagated_tags() | {"aws:autoscaling:groupName": group.name}
    overrides = overrides_of(group)
    market = (data.get("InstanceMarketOptions") or {}).get("MarketType")
    spot = is_spot(group, len(group.instance_states)) if group.mixed_instances_policy else market == "spot"
    types = [override["InstanceType"] for override in overrides if override.get("InstanceType")]
    arguments: dict[str, Any] = {
        "instance_type": types[0] if types else data.get("InstanceType", "m1.small"),
        "is_instance_type_default": False,
        "security_group_ids": list(interface.get("Groups") or data.get("SecurityGroupIds") or []),
        "tags": {"instance": tags.get("instance", {}) | own, "volume": tags.get("volume", {})},
        "launch_template": {
            "LaunchTemplateId": group.ec2_launch_template.id,
            "Version": str(version.number),
        },
        "subnet_id": subnet,
        "key_name": data.get("KeyName"),
        "ebs_optimized": data.get("EbsOptimized", False),
        "associate_public_ip": interface.get("AssociatePublicIpAddress"),
        "metadata_options": data.get("MetadataOptions") or {},
        "monitoring_state": "enabled" if (data.get("Monitoring") or {}).get("Enabled") else "disabled",
        "region_name": group.region,
        "instance_market_options": "spot" if spot else None,
        "launch_config": group.launch_config,
    }
    if data.get("BlockDeviceMappings"):
        # moto would make the image's root volume too, and lose it when the template's takes its device name
        arguments["block_device_mappings"] = data["BlockDeviceMappings"]
    reservation = backend.run_instances(data.get("ImageId", ""), 1, data.get("UserData"), [], **arguments)
    instance = reservation.instances[0]
    give_profile(backend, instance, data.get("IamInstanceProfile") or {})
    instance.autoscaling_group = group
    instance.launched_from_version = version.number
    group.instance_states.append(
        InstanceState(instance, protected_from_scale_in=group.new_instances_protected_from_scale_in)
    )


def give_profile(backend: Any, instance: Any, profile: dict[str, str]) -> None:
    """Associates the template's instance profile with an instance."""
    if profile.get("Name"):
        backend.associate_iam_instance_profile(instance_id=instance.id, iam_instance_profile_name=profile["Name"])
    elif profile.get("Arn"):
        backend.associate_iam_instance_profile(instance_id=instance.id, iam_instance_profile_arn=profile["Arn"])


def instances_leave_the_fullest_zone() -> None:
    """UpdateAutoScalingGroup, SetDesiredCapacity: a group that shrinks terminates the oldest unprotected instance of
    the zone that has the most; instances of its target groups are deregistered."""

    @instead(FakeAutoScalingGroup, "set_desired_capacity")
    def set_desired_capacity(self: Any, new_capacity: int | None) -> None:
        self.desired_capacity = self.min_size if new_capacity is None else new_capacity
        difference = instances_wanted(self) - len(self.active_instances())
        if difference > 0:
            self.replace_autoscaling_group_instances(difference, self.get_propagated_tags())
        else:
            terminate(self, least_needed(self, -difference))
        if self.name in self.autoscaling_backend.autoscaling_groups:
            self.autoscaling_backend.update_attached_elbs(self.name)
            self.autoscaling_backend.update_attached_target_groups(self.name)


def least_needed(group: Any, count: int) -> list[Any]:
    """The instances that a shrinking group gives up."""
    left = list(group.instance_states)
    gone: list[Any] = []
    while len(gone) < count:
        free = [state for state in left if not state.protected_from_scale_in]
        if not free:
            break
        crowd = Counter(state.availability_zone for state in left)
        state = max(free, key=lambda candidate: crowd[candidate.availability_zone])
        left.remove(state)
        gone.append(state)
    return gone


def terminate(group: Any, states: list[Any]) -> None:
    """Terminates instances of a group and takes them out of it."""
    if not states:
        return
    ids = [state.instance.id for state in states]
    alive = [state.instance.id for state in states if state.instance.state != "terminated"]
    group.instance_states = [state for state in group.instance_states if state not in states]
    if alive:
        group.autoscaling_backend.ec2_backend.terminate_instances(alive)
    deregister(group.autoscaling_backend, ids)


def deregister(backend: Any, ids: list[str]) -> None:
    """Takes instances out of all target groups."""
    for target_group in backend.elbv2_backend.target_groups.values():
        for key, target in list(target_group.targets.items()):
            if target["Id"] in ids:
                del target_group.targets[key]


def terminated_instances_leave_target_groups() -> None:
    """TerminateInstances: the instance's group replaces it, registers the new one with its target groups and
    deregisters the old one."""

    @around(AutoScalingBackend, "notify_terminate_instances")
    def notify_terminate_instances(old: Any, self: Any, instance_ids: list[str]) -> Any:
        answer = old(self, instance_ids)
        deregister(self, instance_ids)
        for name in self.autoscaling_groups:
            self.update_attached_target_groups(name)
        return answer


def groups_with_instances_are_kept() -> None:
    """DeleteAutoScalingGroup: ResourceInUse while the group has instances, unless ForceDelete is set, which terminates
    them, protected or not."""

    @around(AutoScalingResponse, "delete_auto_scaling_group")
    def delete_auto_scaling_group(old: Any, self: Any) -> Any:
        group = existing_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        if group.instance_states and not self._get_bool_param("ForceDelete", False):
            raise AutoscalingClientError(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
                "still in the group.",
            )
        terminate(group, list(group.instance_states))
        return old(self)


def groups_can_be_refreshed() -> None:
    """StartInstanceRefresh, DescribeInstanceRefreshes, CancelInstanceRefresh: a refresh replaces all instances at once
    and is successful; with SkipMatching it leaves those of the group's template version."""

    @instead(AutoScalingResponse, "start_instance_refresh")
    def start_instance_refresh(self: Any) -> ActionResult:
        backend, name = self.autoscaling_backend, self._get_param("AutoScalingGroupName")
        group = existing_group(backend, name)
        preferences = self._get_param("Preferences", {}) or {}
        wanted = self._get_param("DesiredConfiguration", {}) or {}
        if wanted:
            backend.update_auto_scaling_group(
                name=name,
                availability_zones=[],
                desired_capacity=None,
                max_size=None,
                min_size=None,
                launch_config_name=None,
                launch_template=wanted.get("LaunchTemplate") or {},
                vpc_zone_identifier=None,
                health_check_period=None,
                health_check_type=None,
                mixed_instances_policy=wanted.get("MixedInstancesPolicy"),
            )
        states = list(group.instance_states)
        if preferences.get("SkipMatching"):
            number = group.ec2_launch_template.get_version(group.launch_template_version).number
            states = [s for s in states if getattr(s.instance, "launched_from_version", None) != number]
        terminate(group, states)
        group.set_desired_capacity(group.desired_capacity)
        refresh = {
            "InstanceRefreshId": str(uuid.uuid4()),
            "AutoScalingGroupName": name,
            "Status": "Successful",
            "StartTime": utcnow(),
            "EndTime": utcnow(),
            "PercentageComplete": 100,
            "InstancesToUpdate": 0,
            "Preferences": preferences,
        }
        group.__dict__.setdefault("refreshes", []).insert(0, refresh)
        return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})

    @instead(AutoScalingResponse, "describe_instance_refreshes")
    def describe_instance_refreshes(self: Any) -> ActionResult:
        group = existing_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        ids = self._get_param("InstanceRefreshIds", [])
        found = [r for r in group.__dict__.get("refreshes", []) if not ids or r["InstanceRefreshId"] in ids]
        return ActionResult({"InstanceRefreshes": found})

    @instead(AutoScalingResponse, "cancel_instance_refresh")
    def cancel_instance_refresh(self: Any) -> ActionResult:
        existing_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        raise AutoscalingClientError("ActiveInstanceRefreshNotFound", "No in progress instance refresh was found.")


def instances_show_the_version_they_came_from() -> None:
    """DescribeAutoScalingGroups, DescribeAutoScalingInstances: LaunchTemplate of an instance names the version that it
    was launched from."""
    shown = InstanceState.launch_template.fget  # type: ignore[attr-defined]

    def launch_template(self: Any) -> dict[str, Any] | None:
        template = shown(self)
        number = getattr(self.instance, "launched_from_version", None)
        if template and number is not None:
            template["Version"] = str(number)
        return template

    InstanceState.launch_template = property(launch_template)  # type: ignore[method-assign, assignment]
