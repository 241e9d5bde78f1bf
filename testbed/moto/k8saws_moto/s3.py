"""S3: whose bucket it is, and what a new bucket has."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3 import models
from moto.s3.exceptions import AccessDeniedByLock, BucketAlreadyExists
from moto.s3.models import FakeBucket, FakeKey, FakeMultipart, PublicAccessBlock, s3_backends
from moto.s3.responses import S3Response

from k8saws_moto.patching import around


def apply() -> None:
    """Puts all mends of this module in place."""
    expected_owners_are_compared()
    new_buckets_have_the_documented_settings()
    requests_count_as_sent_over_tls()
    checksums_need_no_algorithm_beside_them()
    checksums_of_parts_tell_how_many_there_are()
    what_was_never_versioned_is_version_null()
    unfinished_uploads_are_dated()
    lists_of_versions_copy_no_content()


def owner_of(bucket: str) -> str | None:
    """The account that has a bucket."""
    entry = s3_backends.bucket_accounts.get(bucket)
    return entry[1] if entry else None


def has_policy(bucket: str) -> bool:
    """Whether a bucket's policy may let others in."""
    partition, account = s3_backends.bucket_accounts[bucket]
    return s3_backends[account][partition].get_bucket(bucket).policy is not None


def expected_owners_are_compared() -> None:
    """Every action on a bucket or an object: 403 AccessDenied when x-amz-expected-bucket-owner names another account
    than the bucket's, or when the caller is of another account and the bucket has no policy. CreateBucket:
    BucketAlreadyExists for another account's bucket."""

    def refuse_strangers(self: Any, bucket: str, creates: bool) -> None:
        owner = owner_of(bucket)
        if owner is None:
            return
        expected = self.headers.get("x-amz-expected-bucket-owner")
        if expected and expected != owner:
            raise AccessDeniedByLock
        if owner != self.current_account:
            if creates:
                raise BucketAlreadyExists(bucket=bucket)
            if not has_policy(bucket):
                raise AccessDeniedByLock

    @around(S3Response, "_bucket_response")
    def bucket_response(old: Any, self: Any, request: Any, full_url: str) -> Any:
        creates = request.method == "PUT" and not self.parsed_url.query
        refuse_strangers(self, self.parse_bucket_name_from_url(request, full_url), creates)
        return old(self, request, full_url)

    @around(S3Response, "_key_response")
    def key_response(old: Any, self: Any, request: Any, full_url: str) -> Any:
        refuse_strangers(self, self.parse_bucket_name_from_url(request, full_url), False)
        return old(self, request, full_url)


def new_buckets_have_the_documented_settings() -> None:
    """CreateBucket: since 2023 a new bucket is encrypted with SSE-S3, blocks all public access and enforces its owner
    (GetBucketEncryption, GetPublicAccessBlock, GetBucketOwnershipControls)."""

    @around(FakeBucket, "__init__")
    def create(old: Any, self: Any, *arguments: Any, **named: Any) -> None:
        old(self, *arguments, **named)
        self.encryption = {
            "Rule": {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                "BucketKeyEnabled": "false",
            }
        }
        self.public_access_block = PublicAccessBlock(True, True, True, True)
        self.ownership_rule = "BucketOwnerEnforced"


def requests_count_as_sent_over_tls() -> None:
    """Bucket policies: a statement that only concerns requests without TLS (aws:SecureTransport is false) does not apply.
    AWS's endpoints are reached over TLS, and this server stands for them on loopback; moto itself refuses every request
    where a condition does not hold."""

    @around(FakeBucket, "get_permission")
    def get_permission(old: Any, self: Any, action: str, resource: str) -> Any:
        if self.policy is None:
            return old(self, action, resource)
        whole = self.policy
        document = json.loads(whole)
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        document["Statement"] = [statement for statement in statements if not only_without_tls(statement)]
        if not document["Statement"]:
            return PermissionResult.NEUTRAL
        self.policy = json.dumps(document).encode()
        try:
            return old(self, action, resource)
        finally:
            self.policy = whole


def only_without_tls(statement: dict[str, Any]) -> bool:
    """Whether a policy statement concerns nothing but requests without TLS."""
    wanted = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return str(wanted).lower() == "false"


def checksums_need_no_algorithm_beside_them() -> None:
    """PutObject: a checksum that is sent in its own header, as x-amz-checksum-sha256, is kept with the object, also
    without x-amz-sdk-checksum-algorithm, and HeadObject tells it."""

    @around(S3Response, "_get_checksum")
    def get_checksum(old: Any, self: Any, response_headers: dict[str, Any]) -> Any:
        if not self.headers.get("x-amz-sdk-checksum-algorithm"):
            for algorithm in ("SHA256", "SHA1", "CRC32", "CRC32C", "CRC64NVME"):
                header = f"x-amz-checksum-{algorithm.lower()}"
                value = self.headers.get(header)
                if value:
                    response_headers[header] = value
                    return algorithm, value
        return old(self, response_headers)


def checksums_of_parts_tell_how_many_there_are() -> None:
    """HeadObject: the checksum of an object in parts is the checksum of their checksums, a hyphen and their number, as
    GetObject tells it (user guide, "Checking object integrity": composite checksums)."""

    @around(S3Response, "head_object")
    def head_object(old: Any, self: Any, bucket_name: str, query: Any, key_name: str, headers: Any) -> Any:
        status, answer, body = old(self, bucket_name, query, key_name, headers)
        key = self.backend.get_object(bucket_name, key_name, version_id=query.get("versionId", [None])[0])
        if key is not None and key.checksum_type == "COMPOSITE" and key.checksum_algorithm:
            header = f"x-amz-checksum-{key.checksum_algorithm.lower()}"
            if header in answer:
                answer[header] = f"{key.checksum_value}-{key.checksum_parts}"
                answer["x-amz-checksum-type"] = key.checksum_type
        return status, answer, body


def what_was_never_versioned_is_version_null() -> None:
    """HeadObject: in a bucket without versions each object is the version "null" (user guide, "How S3 Versioning works")."""

    @around(S3Response, "head_object")
    def head_object(old: Any, self: Any, bucket_name: str, query: Any, key_name: str, headers: Any) -> Any:
        if query.get("versionId") == ["null"] and not self.backend.get_bucket(bucket_name).is_versioned:
            query = {name: value for name, value in query.items() if name != "versionId"}
        return old(self, bucket_name, query, key_name, headers)


def unfinished_uploads_are_dated() -> None:
    """ListMultipartUploads: Initiated is when CreateMultipartUpload was called."""

    @around(FakeMultipart, "__init__")
    def create(old: Any, self: Any, *arguments: Any, **named: Any) -> None:
        old(self, *arguments, **named)
        self.initiated = datetime.now(timezone.utc)

    @around(S3Response, "list_multipart_uploads")
    def list_multipart_uploads(old: Any, self: Any) -> Any:
        begun = {one.id: one.initiated for one in self.backend.list_multipart_uploads(self.bucket_name).values()}
        serialized = self.serialized

        def dated(result: Any) -> Any:
            for upload in result.result["Uploads"]:
                upload["Initiated"] = begun[upload["UploadId"]].strftime("%Y-%m-%dT%H:%M:%S.000Z")
            return serialized(result)

        self.serialized = dated
        try:
            return old(self)
        finally:
            self.serialized = serialized


class Untold:
    """In the place of an object's content, of which a list tells the size and the hash alone."""

    def close(self) -> None:
        """There is nothing to close."""


def lists_of_versions_copy_no_content() -> None:
    """ListObjectVersions: moto copies all objects of the bucket with their content for each call, and keeps each copy: a
    bucket of some MiB takes gigabytes within a minute."""

    def told(version: Any) -> Any:
        if not isinstance(version, FakeKey):
            return copy.copy(version)
        version.etag  # noqa: B018 - is derived from the content once
        without = object.__new__(FakeKey)  # the class itself would keep it
        without.__dict__.update(version.__dict__, _value_buffer=Untold(), multipart=None)
        return without

    models.copy = SimpleNamespace(  # type: ignore[attr-defined]
        copy=copy.copy, deepcopy=lambda versions: [told(version) for version in versions]
    )
