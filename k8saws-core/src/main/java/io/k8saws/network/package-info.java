/**
 * Addresses and traffic, computed: blocks of addresses, subnets per zone and role, what a CNI needs, security
 * rules that follow from a specification. Pure functions. Start with {@code Cidr}.
 */
@NullMarked
package io.k8saws.network;

import org.jspecify.annotations.NullMarked;
