/**
 * kubectl's configuration files as immutable values: which clusters, users and contexts they name, and by which rules several files make one. Start
 * with {@code Kubeconfig}, which is what a program reads and changes; {@code KubeconfigFiles} is for changing files that others write, too. Whatever a
 * file holds beside the known fields is kept, comments included.
 */
@NullMarked
package io.k8saws.kubeconfig;

import org.jspecify.annotations.NullMarked;
