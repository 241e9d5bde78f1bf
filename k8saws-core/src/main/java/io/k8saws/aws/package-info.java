/**
 * How the library reaches AWS: credentials, region, endpoint, customised clients and patience. The only public
 * package in whose signatures types of the AWS SDK appear. Start with {@code AwsAccess}.
 */
@NullMarked
package io.k8saws.aws;

import org.jspecify.annotations.NullMarked;
