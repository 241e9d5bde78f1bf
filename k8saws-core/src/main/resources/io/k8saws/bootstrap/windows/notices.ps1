# ---- leaves in good order when EC2 is about to take this machine away ----

$Kubeconfig = "$Root/kubernetes/kubelet.conf"
$Instance = Get-Imds 'meta-data/instance-id'

# Why the machine goes, or nothing. Spot interruptions come two minutes ahead, the group's notice as long ahead as its hook waits.
function Get-Notice {
  try {
    if (Get-Imds 'meta-data/spot/instance-action') { return 'spot interruption' }
    if ((Get-Imds 'meta-data/autoscaling/target-lifecycle-state') -eq 'Terminated') { return 'its group terminates it' }
  } catch {
    Say "the metadata service does not answer: $($_.Exception.Message)"
  }
  return ''
}

# Invoke-OnNode ARGUMENT...: kubectl as this node; what goes in comes from the pipeline.
function Invoke-OnNode([string[]]$Arguments, [string]$In) {
  $before = $ErrorActionPreference
  $ErrorActionPreference = 'Continue'
  try {
    $output = $In | & "$Root/bin/kubectl.exe" --kubeconfig $Kubeconfig --request-timeout 10s @Arguments 2>&1 | ForEach-Object { "$_" }
  } finally {
    $ErrorActionPreference = $before
  }
  if ($LASTEXITCODE -ne 0) { throw "kubectl ended with code ${LASTEXITCODE}: $output" }
  return ($output -join "`n")
}

# Each pod that can move: not those of DaemonSets, not static ones.
function Get-Movable {
  $pods = Invoke-OnNode @('get', 'pods', '--all-namespaces', '--field-selector', "spec.nodeName=$Instance", '-o', 'json') '' | ConvertFrom-Json
  foreach ($pod in $pods.items) {
    $owner = ''
    if ($pod.metadata.PSObject.Properties['ownerReferences']) { $owner = $pod.metadata.ownerReferences[0].kind }
    if ($owner -eq 'DaemonSet' -or $owner -eq 'Node') { continue }
    if ($pod.status.phase -eq 'Succeeded' -or $pod.status.phase -eq 'Failed') { continue }
    $pod.metadata
  }
}

# A kubelet may evict the pods of its own node, which respects their disruption budgets.
function Invoke-Drain {
  try { Invoke-OnNode @('cordon', $Instance) '' | Out-Null } catch { Say "the node could not be cordoned: $($_.Exception.Message)" }
  $end = (Get-Date).AddSeconds(110)
  $left = 'unknown, the API does not answer'
  while ((Get-Date) -lt $end) {
    try {
      $movable = @(Get-Movable)
      $left = ($movable | ForEach-Object { "$($_.namespace)/$($_.name)" }) -join ' '
      if ($movable.Count -eq 0) { break }
      foreach ($pod in $movable) {
        $eviction = '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"namespace":"' + $pod.namespace + '","name":"' + $pod.name + '"}}'
        try {
          Invoke-OnNode @('create', '--raw', "/api/v1/namespaces/$($pod.namespace)/pods/$($pod.name)/eviction", '-f', '-') $eviction | Out-Null
        } catch {
          Say "$($pod.namespace)/$($pod.name) stays for now"
        }
      }
    } catch {
      Say "$($_.Exception.Message)"
    }
    Start-Sleep -Seconds 5
  }
  Say "left on the node: $left"
}

# Tells the group that it need not wait any longer. Without the right to say so, the group's own limit ends the wait.
function Complete-Leaving {
  if (-not $Group) { return }
  $form = "Action=CompleteLifecycleAction&Version=2011-01-01&AutoScalingGroupName=$([Uri]::EscapeDataString($Group))&LifecycleHookName=$Hook" +
  "&InstanceId=$Instance&LifecycleActionResult=CONTINUE"
  $headers = @{ 'Content-Type' = 'application/x-www-form-urlencoded' }
  $answer = Send-Signed 'autoscaling' 'POST' "$AutoScaling/" $headers ([Text.Encoding]::UTF8.GetBytes($form)) ''
  if ($answer.Status -ne 200) { Say "the group waits until its own limit: answer $($answer.Status)" }
}

while ($true) {
  $why = Get-Notice
  if ($why) {
    Say "this machine goes: $why"
    Set-Status 'leaving' 'running' $why
    Invoke-Drain
    Complete-Leaving
    Set-Status 'left' 'done' $why
    exit 0
  }
  Start-Sleep -Seconds 5
}
