import io.k8saws.testkit.*
var testbed = Testbed.moto()
var k8s = K8sAws.connect(testbed.access())
