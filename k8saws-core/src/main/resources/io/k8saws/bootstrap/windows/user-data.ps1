# ---- fetch what makes this machine a node, and start it ----

function Get-Bundle {
  $key = "nodes/$Part/$Bundle"
  if (-not (Get-S3 $key "$Root/bundle")) { throw "there is no $key in the cluster's bucket. Plan and apply the cluster" }
  Test-Hash "$Root/bundle" $Bundle "$key in the cluster's bucket" 'Plan and apply the cluster'
}

# The clock comes first: when it is wrong S3 refuses all else, the status too, and only the console can say so.
function Start-AllSteps {
  Step 'check-clock' { Test-Clock }
  Step 'fetch-files' {
    Retry 900 { Get-Bundle }
    Expand-Bundle "$Root/bundle"
    Remove-Item -Force -Path "$Root/bundle"
  }
  # the node's script runs at this boot and each later one, and again when it failed
  Step 'start-node' { Set-Task 'k8saws-node' (Get-ScriptCommand "$Root/node.ps1") }
}

# This script runs once in a machine's life, so it does not give up: what it waits for may be put right at any time.
$Patient = $true
$AgainSeconds = 30
while ($true) {
  try {
    Start-AllSteps
    break
  } catch {
    Say "all steps again in $AgainSeconds s"
    Start-Sleep -Seconds $AgainSeconds
  }
}
