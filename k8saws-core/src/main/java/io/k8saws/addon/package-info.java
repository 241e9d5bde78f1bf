/**
 * What runs in a cluster from its first minute: AWS's cloud controller manager, the network add-on, the EBS driver, and add-ons of the user's; as values, planned
 * and applied on the server's side. Start with {@code AddonCatalogue}, which says what a cluster should have, and {@code Addons}, which makes it so.
 */
@NullMarked
package io.k8saws.addon;

import org.jspecify.annotations.NullMarked;
