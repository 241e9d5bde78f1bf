/** Tests of the resource kinds against an emulator of AWS's API. Start at {@link io.k8saws.internal.resource.EdgeKindsIT}. */
@NullMarked
package io.k8saws.internal.resource;

import org.jspecify.annotations.NullMarked;
