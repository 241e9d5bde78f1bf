/set mode k8saws normal -quiet
/set format k8saws display "{pre}{name} ==> {value}{post}" expression,varvalue,assignment-ok,added,modified,replaced-primary
/set truncation k8saws 100000
/set prompt k8saws "k8saws> " "   ...> "
/set mode piped k8saws -quiet
/set prompt piped "" ""
/set mode k8saws -retain
/set mode piped -retain
/set feedback -retain k8saws
