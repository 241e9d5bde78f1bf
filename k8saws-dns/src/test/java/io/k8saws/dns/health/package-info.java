@NullMarked
package io.k8saws.dns.health;

import org.jspecify.annotations.NullMarked;
