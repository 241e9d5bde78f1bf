"""Route 53: change batches, private zones."""

from __future__ import annotations

from typing import Any

from moto.route53.exceptions import Route53ClientError
from moto.route53.models import ChangeList, FakeZone, RecordSet, Route53Backend
from moto.route53.responses import Route53

from k8saws_moto.patching import around, instead

#: Name, type and set identifier: what tells record sets apart.
Key = tuple[str, str, str | None]


def apply() -> None:
    """Puts all mends of this module in place."""
    change_batches_are_checked_whole()
    record_sets_are_deleted_by_all_of_their_key()
    record_sets_keep_all_routing()
    first_records_of_a_zone_are_texts()
    zones_with_a_vpc_are_private()
    caller_references_are_used_once()


def full(name: str) -> str:
    """A name as Route 53 compares it."""
    return name.lower().rstrip(".") + "."


def content(ttl: Any, records: Any, alias: Any) -> tuple[Any, ...]:
    """What a record set says, in a form that can be compared."""
    values = sorted(r["Value"] if isinstance(r, dict) else r for r in records or [])
    target = (alias["HostedZoneId"], full(alias["DNSName"])) if alias else None
    return (int(ttl) if ttl is not None else None, tuple(values), target)


def change_batches_are_checked_whole() -> None:
    """ChangeResourceRecordSets: a batch succeeds as a whole or changes nothing. InvalidChangeBatch when a record set
    to create exists, one to delete does not or differs, a CNAME stands beside other records or at the zone's apex, a
    set without identifier beside one with it, of the same name and type."""

    @around(Route53Backend, "change_resource_record_sets")
    def change_resource_record_sets(old: Any, self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> Any:
        zone = self.get_hosted_zone(zoneid)
        problems = problems_of(zone, change_list)
        if problems:
            raise Route53ClientError("InvalidChangeBatch", "[" + ", ".join(problems) + "]")
        for change in change_list:
            if change["Action"] == "CREATE":
                change["Action"] = "UPSERT"  # moto's own check takes a deleted record for a present one
        return old(self, zoneid, change_list)

    @instead(ChangeList, "has_insert_or_update")
    def has_insert_or_update(self: Any, new_rr_set: dict[str, Any]) -> bool:
        return True  # checked above, against the records instead of the journal


def problems_of(zone: Any, changes: list[dict[str, Any]]) -> list[str]:
    """Why Route 53 refuses a batch; empty when it does not."""
    present: dict[Key, tuple[Any, ...]] = {
        (full(r.name), r.type, r.set_identifier): content(r.ttl, r.records, r.alias_target) for r in zone.rrsets
    }
    problems = []
    for change in changes:
        record = change["ResourceRecordSet"]
        key = (full(record["Name"]), record["Type"], record.get("SetIdentifier"))
        wanted = content(record.get("TTL"), record.get("ResourceRecords"), record.get("AliasTarget"))
        what = f"resource record set [name='{key[0]}', type='{key[1]}'"
        what += f", set-identifier='{key[2]}']" if key[2] else "]"
        if change["Action"] == "CREATE" and key in present:
            problems.append(f"Tried to create {what} but it already exists")
        if change["Action"] != "DELETE":
            present[key] = wanted
        elif key not in present:
            problems.append(f"Tried to delete {what} but it was not found")
        elif present.pop(key) != wanted:
            problems.append(f"Tried to delete {what} but the values provided do not match the current values")
    return problems + lonely_names(zone, present) + mixed_names(present)


def mixed_names(present: dict[Key, tuple[Any, ...]]) -> list[str]:
    """Names and types with a simple record set beside those of a routing policy."""
    simple = {(name, kind) for name, kind, identifier in present if not identifier}
    return [
        f"RRSet with DNS name {name}, type {kind}, SetIdentifier {identifier} cannot be created as a non-weighted set "
        "exists with the same name and type"
        for name, kind, identifier in present
        if identifier and (name, kind) in simple
    ]


def lonely_names(zone: Any, present: dict[Key, tuple[Any, ...]]) -> list[str]:
    """CNAMEs that are not alone."""
    problems = []
    for name, kind, _ in present:
        if kind != "CNAME":
            continue
        if name == full(zone.name):
            problems.append(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone.name}")
        elif any(other == name and other_kind != "CNAME" for other, other_kind, _ in present):
            problems.append(
                f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with "
                f"the same DNS name in zone {zone.name}"
            )
    return problems


def record_sets_are_deleted_by_all_of_their_key() -> None:
    """ChangeResourceRecordSets, action DELETE: only the record set of that name, type and set identifier goes; one that
    the batch creates anew is there."""

    @around(Route53Backend, "change_resource_record_sets")
    def change_resource_record_sets(old: Any, self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> Any:
        zone = self.get_hosted_zone(zoneid)
        gone: set[Key] = set()
        for change in change_list:
            record = change["ResourceRecordSet"]
            key = (full(record["Name"]), record["Type"], record.get("SetIdentifier"))
            if change["Action"] != "DELETE":
                gone.discard(key)  # deleted and created in one batch: that is how its policy changes
            else:
                gone.add(key)
        answer = old(self, zoneid, change_list)
        zone.rrsets = [r for r in zone.rrsets if (full(r.name), r.type, r.set_identifier) not in gone]
        return answer

    @instead(FakeZone, "delete_rrset")
    def delete_rrset(self: Any, rrset: dict[str, Any]) -> None:
        """Deletes nothing; what moto deletes here are the record sets of that name and type with any identifier."""

    @instead(FakeZone, "delete_rrset_by_id")
    def delete_rrset_by_id(self: Any, set_identifier: str) -> None:
        """Deletes nothing; what moto deletes here are the record sets of all names with that identifier."""


def record_sets_keep_all_routing() -> None:
    """ChangeResourceRecordSets: GeoProximityLocation and CidrRoutingConfig are stored and listed."""

    @around(RecordSet, "__init__")
    def create(old: Any, self: Any, kwargs: dict[str, Any]) -> None:
        old(self, kwargs)
        self.geo_proximity_location = kwargs.get("GeoProximityLocation")
        self.cidr_routing_config = kwargs.get("CidrRoutingConfig")


def first_records_of_a_zone_are_texts() -> None:
    """ListResourceRecordSets: the SOA record that a zone is made with has a value like any other."""

    @around(RecordSet, "__init__")
    def create(old: Any, self: Any, kwargs: dict[str, Any]) -> None:
        old(self, kwargs)
        self.records = [one["Value"] if isinstance(one, dict) else one for one in self.records]


def zones_with_a_vpc_are_private() -> None:
    """CreateHostedZone: a zone with a VPC is private."""

    @around(Route53, "create_hosted_zone")
    def create_hosted_zone(old: Any, self: Any) -> Any:
        if self._get_param("VPC.VPCId"):
            config = dict(self.params.get("HostedZoneConfig") or {})
            self.params["HostedZoneConfig"] = config | {"PrivateZone": True}
        return old(self)


def caller_references_are_used_once() -> None:
    """CreateHostedZone: HostedZoneAlreadyExists for the CallerReference of another zone."""

    @around(Route53Backend, "create_hosted_zone")
    def create_hosted_zone(old: Any, self: Any, *arguments: Any, **named: Any) -> Any:
        reference = named.get("caller_reference")
        if reference and any(zone.caller_reference == reference for zone in self.zones.values()):
            raise Route53ClientError(
                "HostedZoneAlreadyExists",
                f"A hosted zone has already been created with the specified caller reference: {reference}",
            )
        return old(self, *arguments, **named)
