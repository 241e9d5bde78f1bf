import io.k8saws.testkit.*
var testbed = io.k8saws.samples.OnlyEmulators.require(Testbed.moto())
var k8s = testbed == null ? null : K8sAws.connect(testbed.access())
