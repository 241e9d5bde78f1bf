@NullMarked
package io.k8saws.dns.controller;

import org.jspecify.annotations.NullMarked;
