# ---- fetch what makes this machine a node, and start it ----

Step 'fetch-files' {
  Retry 900 {
    if (-not (Get-S3 "nodes/$Part/$Bundle" "$Root/bundle")) { throw "the bundle is not in the cluster's bucket" }
    Test-Hash "$Root/bundle" $Bundle
  }
  Expand-Bundle "$Root/bundle"
  Remove-Item -Force -Path "$Root/bundle"
}

# The node's script runs at this boot and each later one, and again when it failed.
Step 'start-node' { Set-Task 'k8saws-node' (Get-ScriptCommand "$Root/node.ps1") }
