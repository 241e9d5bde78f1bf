/**
 * What makes an instance a node: the files, programs and steps of each kind of machine as values, rendered to one shell script a role, with user data that points to
 * them by hash. Pure: nothing is read, written or called. Start with {@link io.k8saws.bootstrap.Bootstrap}.
 */
@NullMarked
package io.k8saws.bootstrap;

import org.jspecify.annotations.NullMarked;
