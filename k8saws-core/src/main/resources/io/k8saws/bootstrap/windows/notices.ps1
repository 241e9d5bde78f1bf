# ---- leaves in good order when EC2 is about to take this machine away ----

$Kubeconfig = "$Root/kubernetes/kubelet.conf"
$Instance = Get-Imds 'meta-data/instance-id'
$SpotSeconds = 110 # spot interruptions come two minutes ahead
$GroupSeconds = 240 # the group's hook waits for five

# Read-Notice PATH: what the metadata service has there, or nothing.
function Read-Notice([string]$Path) {
  try {
    return Get-Imds $Path
  } catch {
    Say "the metadata service does not answer: $($_.Exception.Message)"
    return $null
  }
}

# How many seconds are left and why the machine goes, or nothing.
function Get-Notice {
  if (Read-Notice 'meta-data/spot/instance-action') { return @{ Seconds = $SpotSeconds; Why = 'spot interruption' } }
  if ((Read-Notice 'meta-data/autoscaling/target-lifecycle-state') -eq 'Terminated') { return @{ Seconds = $GroupSeconds; Why = 'its group terminates it' } }
  return $null
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

# Invoke-Drain END: until no pod is left that can move, or it is that time. A kubelet may evict the pods of its own node, which respects their disruption budgets.
function Invoke-Drain([DateTime]$End) {
  try { Invoke-OnNode @('cordon', $Instance) '' | Out-Null } catch { Say "the node could not be cordoned: $($_.Exception.Message)" }
  $left = 'unknown'
  while ((Get-Date) -lt $End) {
    try {
      $movable = @(Get-Movable)
      $left = ($movable | ForEach-Object { "$($_.namespace)/$($_.name)" }) -join ' '
      if ($movable.Count -eq 0) {
        $left = 'nothing'
        break
      }
      foreach ($pod in $movable) {
        $eviction = '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"namespace":"' + $pod.namespace + '","name":"' + $pod.name + '"}}'
        try {
          Invoke-OnNode @('create', '--raw', "/api/v1/namespaces/$($pod.namespace)/pods/$($pod.name)/eviction", '-f', '-') $eviction | Out-Null
        } catch {
          Say "$($pod.namespace)/$($pod.name) stays for now"
        }
      }
    } catch {
      $left = 'unknown, the API does not answer'
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
  try {
    $answer = Send-Signed 'autoscaling' 'POST' "$AutoScaling/" $headers ([Text.Encoding]::UTF8.GetBytes($form)) ''
    if ($answer.Status -ne 200) { Say "the group waits until its own limit: $(Get-Answer $answer)" }
  } catch {
    Say "the group waits until its own limit: $($_.Exception.Message)"
  }
}

while ($true) {
  $notice = Get-Notice
  if ($notice) {
    $end = (Get-Date).AddSeconds($notice.Seconds)
    $why = $notice.Why
    Say "this machine goes: $why"
    Set-Status 'leaving' 'running' $why
    Invoke-Drain $end
    Complete-Leaving
    Set-Status 'left' 'done' $why
    exit 0
  }
  Start-Sleep -Seconds 5
}
