module k8saws.io/testbed/machines/small

go 1.26.0
