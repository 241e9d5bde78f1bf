package io.k8saws.etcd.internal.seam;

/**
 * A snapshot that was streamed whole, and whose SHA-256 fits.
 *
 * @param clusterId the cluster's id; 0 when the member's version does not tell
 * @param memberId the member's id; 0 when its version does not tell
 * @param version the version of the data's form, for example {@code 3.6.0}; empty before 3.6
 * @param bytes how many, with the SHA-256 at the end
 * @param sha256 the SHA-256 of the pages, 64 hexadecimal digits
 */
public record StreamedSnapshot(long clusterId, long memberId, String version, long bytes, String sha256) {}
