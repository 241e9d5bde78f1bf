/** The way to machines of EC2 without an open port. Start reading at {@link io.k8saws.etcd.ssm.RunCommand}. */
@NullMarked
package io.k8saws.etcd.ssm;

import org.jspecify.annotations.NullMarked;
