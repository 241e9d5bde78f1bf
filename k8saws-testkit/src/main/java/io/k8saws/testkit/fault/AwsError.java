package io.k8saws.testkit.fault;

/** An error as AWS words it, before it is put into a protocol's shape. */
record AwsError(String code, int status, String message) {}
