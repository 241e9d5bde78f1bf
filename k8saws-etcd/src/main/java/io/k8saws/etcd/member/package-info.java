/**
 * Changes of an etcd's members: first a plan, which is a value with its steps and what speaks against it, then the work, which looks anew before each step and can be cut off anywhere. Start reading at
 * {@link io.k8saws.etcd.member.MemberPlan}.
 */
@NullMarked
package io.k8saws.etcd.member;

import org.jspecify.annotations.NullMarked;
