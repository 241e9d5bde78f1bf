# k8saws: leaves the cluster before EC2 takes this machine away. It may be run again at any time.
. C:/k8saws/variables.ps1

# ---- steps, retries, and the three things a machine asks AWS for: who it is, files, its status ----

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # a progress bar makes downloads many times slower
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
$Imds = 'http://169.254.169.254'
$Root = 'C:/k8saws'
$Log = "$Root/k8saws.log"
$NoUse = 'no use: ' # a reason that begins so means: trying again does not help
$Started = Get-Date
$TellSeconds = 30 # so often at most the status is written while a step is tried again
$Patient = $false # true where a step that fails does not end the script
$StepName = ''
$Told = $Started
New-Item -ItemType Directory -Force -Path $Root | Out-Null

# Prints a line, to the log, too.
function Say([string]$Text) {
  $line = '{0:HH:mm:ss} {1}' -f [DateTime]::UtcNow, $Text
  Write-Host $line
  Add-Content -Path $Log -Value $line -Encoding UTF8
}

# Stop-Step REASON: ends a step for good; the reason goes into the status.
function Stop-Step([string]$Reason) {
  throw ($NoUse + $Reason)
}

# Step NAME BLOCK: runs one step, tells how long it took, and writes the machine's status. A step that fails ends the script, or throws when it is patient.
function Step([string]$Name, [scriptblock]$Block) {
  $start = Get-Date
  Say "[$Name] begins"
  Set-Status $Name 'running' ''
  $script:StepName = $Name
  $script:Told = $start
  try {
    & $Block | ForEach-Object { Say "$_" }
  } catch {
    $reason = "$($_.Exception.Message)".Replace($NoUse, '')
    Say ('[{0}] failed after {1:0} s: {2}' -f $Name, ((Get-Date) - $start).TotalSeconds, $reason)
    Set-Status $Name 'failed' $reason
    if ($Patient) { throw $reason }
    exit 1
  }
  Say ('[{0}] took {1:0} s' -f $Name, ((Get-Date) - $start).TotalSeconds)
}

# Retry SECONDS BLOCK: tries again after growing pauses until it succeeds, or the time is over, or trying does not help.
function Retry([int]$Seconds, [scriptblock]$Block) {
  $end = (Get-Date).AddSeconds($Seconds)
  $pause = 1
  while ($true) {
    try {
      return & $Block
    } catch {
      $reason = "$($_.Exception.Message)"
      if ($reason.StartsWith($NoUse)) { throw }
      if ((Get-Date).AddSeconds($pause) -gt $end) { throw "$reason (tried for $Seconds s)" }
      Say "trying again in $pause s: $reason"
      Send-Reason $reason
      Start-Sleep -Seconds $pause
      $pause = [Math]::Min($pause * 2, 30)
    }
  }
}

# Send-Reason REASON: while a step is tried again, the status says why.
function Send-Reason([string]$Reason) {
  if ($StepName -and ((Get-Date) - $Told).TotalSeconds -ge $TellSeconds) {
    Set-Status $StepName 'running' $Reason
    $script:Told = Get-Date
  }
}

# Get-Response REQUEST BODY: what came, also when its status says that something failed; an error when nobody answered.
function Get-Response([Net.HttpWebRequest]$Request, [byte[]]$Body) {
  try {
    if ($Request.Method -ne 'GET') {
      $Request.ContentLength = $Body.Length
      $stream = $Request.GetRequestStream()
      $stream.Write($Body, 0, $Body.Length)
      $stream.Dispose()
    }
    return $Request.GetResponse()
  } catch {
    $cause = $_.Exception
    while ($cause -and -not ($cause -is [Net.WebException])) { $cause = $cause.InnerException }
    if (-not $cause) { throw }
    if (-not $cause.Response) { throw $cause.Message.TrimEnd('.') }
    return $cause.Response
  }
}

# Send METHOD ADDRESS HEADERS BODY FILE: one request. Returns the status and the text; with a file, what came lies there.
function Send([string]$Method, [string]$Address, [hashtable]$Headers, [byte[]]$Body, [string]$File, [int]$Seconds = 120) {
  $request = [Net.HttpWebRequest][Net.WebRequest]::Create([Uri]$Address)
  $request.Method = $Method
  $request.Timeout = $Seconds * 1000
  $request.ReadWriteTimeout = $Seconds * 1000
  $request.Proxy = $null
  foreach ($name in $Headers.Keys) {
    if ($name -eq 'Content-Type') { $request.ContentType = $Headers[$name] } else { $request.Headers.Add($name, $Headers[$name]) }
  }
  $response = Get-Response $request $Body
  try {
    $status = [int]$response.StatusCode
    $source = $response.GetResponseStream()
    if ($File -and $status -eq 200) {
      $target = [IO.File]::Create($File)
      try { $source.CopyTo($target) } finally { $target.Dispose() }
      return @{ Status = $status; Text = '' }
    }
    $text = (New-Object IO.StreamReader($source, [Text.Encoding]::UTF8)).ReadToEnd()
    return @{ Status = $status; Text = $text }
  } finally {
    $response.Close()
  }
}

# Get-Time ADDRESS: the time that a server tells, whatever its certificate. Nothing but this header is taken from it.
function Get-Time([string]$Address) {
  if (-not ('K8sAwsClock' -as [Type])) {
    # a script block would not do: the framework may ask on a thread that runs none
    Add-Type -TypeDefinition ('public static class K8sAwsClock { public static readonly System.Net.Security.RemoteCertificateValidationCallback Any' +
      ' = delegate { return true; }; }')
  }
  $request = [Net.HttpWebRequest][Net.WebRequest]::Create([Uri]$Address)
  $request.Timeout = 20000
  $request.Proxy = $null
  $request.AllowAutoRedirect = $false
  $request.KeepAlive = $false # no request with keys goes over this connection
  $request.ServerCertificateValidationCallback = [K8sAwsClock]::Any
  $response = Get-Response $request @()
  try { return $response.Headers['Date'] } finally { $response.Close() }
}

# Certificates and signatures need a clock that is right within minutes. S3 tells the time without being asked who one is. To a wrong clock its certificate is not valid,
# so this one time, for nothing but the header, it need not be.
function Test-Clock {
  $date = ''
  try { $date = Get-Time "$S3/" } catch { Say "$($_.Exception.Message)" }
  if (-not $date) {
    Say 'S3 does not tell the time'
    return
  }
  $there = [DateTime]::Parse($date, [Globalization.CultureInfo]::InvariantCulture).ToUniversalTime()
  $off = ([DateTime]::UtcNow - $there).TotalSeconds
  if ([Math]::Abs($off) -gt 120) {
    Stop-Step ("the clock is off by {0:0} s: set up time synchronisation in the image (169.254.169.123 is Amazon's time server)" -f $off)
  }
}

# Get-Imds PATH: asks the metadata service (version 2); nothing when it has no such thing.
function Get-Imds([string]$Path) {
  $session = Send 'PUT' "$Imds/latest/api/token" @{ 'X-aws-ec2-metadata-token-ttl-seconds' = '60' } @() '' 5
  if ($session.Status -ne 200) { throw "the metadata service gave no token: answer $($session.Status)" }
  $answer = Send 'GET' "$Imds/latest/$Path" @{ 'X-aws-ec2-metadata-token' = $session.Text } @() '' 5
  if ($answer.Status -eq 404) { return $null }
  if ($answer.Status -ne 200) { throw "the metadata service has no ${Path}: answer $($answer.Status)" }
  return $answer.Text
}

function Get-Hex([byte[]]$Bytes) {
  return [BitConverter]::ToString($Bytes).Replace('-', '').ToLowerInvariant()
}

function Get-Sha256([byte[]]$Bytes) {
  $hash = [Security.Cryptography.SHA256]::Create()
  try { return Get-Hex $hash.ComputeHash($Bytes) } finally { $hash.Dispose() }
}

function Get-Hmac([byte[]]$Key, [string]$Text) {
  $hmac = New-Object Security.Cryptography.HMACSHA256 (, $Key)
  try { return , $hmac.ComputeHash([Text.Encoding]::UTF8.GetBytes($Text)) } finally { $hmac.Dispose() }
}

# Get-Authorization: the header of AWS Signature Version 4 (IAM user guide, "Create a signed AWS API request"). Paths have plain characters only, and no query.
function Get-Authorization([string]$Method, [Uri]$Address, [string]$Service, [string]$Place, [hashtable]$Headers, [string]$Hash, [string]$Stamp, $Keys) {
  $signed = @{ 'host' = $Address.Authority }
  foreach ($name in $Headers.Keys) { $signed[$name.ToLowerInvariant()] = "$($Headers[$name])".Trim() }
  [string[]]$names = $signed.Keys
  [Array]::Sort($names, [StringComparer]::Ordinal)
  $lines = ($names | ForEach-Object { "${_}:$($signed[$_])`n" }) -join ''
  $list = $names -join ';'
  $request = "$Method`n$($Address.AbsolutePath)`n`n$lines`n$list`n$Hash"
  $day = $Stamp.Substring(0, 8)
  $scope = "$day/$Place/$Service/aws4_request"
  $text = "AWS4-HMAC-SHA256`n$Stamp`n$scope`n$(Get-Sha256 ([Text.Encoding]::UTF8.GetBytes($request)))"
  $key = [Text.Encoding]::UTF8.GetBytes('AWS4' + $Keys.SecretAccessKey)
  foreach ($piece in @($day, $Place, $Service, 'aws4_request')) { $key = Get-Hmac $key $piece }
  return "AWS4-HMAC-SHA256 Credential=$($Keys.AccessKeyId)/$scope, SignedHeaders=$list, Signature=$(Get-Hex (Get-Hmac $key $text))"
}

# Send-Signed: one request with the keys of the machine's role.
function Send-Signed([string]$Service, [string]$Method, [string]$Address, [hashtable]$Headers, [byte[]]$Body, [string]$File, [int]$Seconds = 120) {
  $identity = Get-Imds 'meta-data/iam/security-credentials/'
  if (-not $identity) { throw 'the metadata service has no keys, so this machine has no role' }
  $keys = Get-Imds "meta-data/iam/security-credentials/$identity" | ConvertFrom-Json
  $stamp = [DateTime]::UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture)
  $hash = Get-Sha256 $Body
  $all = @{ 'x-amz-date' = $stamp; 'x-amz-content-sha256' = $hash; 'x-amz-security-token' = $keys.Token }
  foreach ($name in $Headers.Keys) { $all[$name] = $Headers[$name] }
  $all['Authorization'] = Get-Authorization $Method ([Uri]$Address) $Service $Region $all $hash $stamp $keys
  return Send $Method $Address $all $Body $File $Seconds
}

# Get-Answer ANSWER: what a request brought, in short, and what to look at: the words in an error of AWS, or the framework's own when nobody answered.
function Get-Answer([hashtable]$Answer) {
  if ($Answer.Status -eq 'none') {
    return "no answer: $($Answer.Text). Look at this machine's way there: name server, routes, endpoints, security groups"
  }
  $found = [Regex]::Matches(($Answer.Text -replace '[^ -~]', ''), '<(?:Code|Message)>([^<]*)')
  $words = ($found | ForEach-Object { $_.Groups[1].Value }) -join ' '
  $text = "answer $($Answer.Status) " + $words.Substring(0, [Math]::Min(300, $words.Length))
  if (@(401, 403) -contains $Answer.Status) {
    $text += ". Look at the rights of this machine's role, at the policy of what it asks, and at the clock"
  }
  return $text
}

# Send-S3 METHOD KEY HEADERS BODY FILE: one request to the cluster's bucket; when nobody answers, the status is 'none'.
function Send-S3([string]$Method, [string]$Key, [hashtable]$Headers, [byte[]]$Body, [string]$File) {
  try {
    return Send-Signed 's3' $Method "$S3/$Key" $Headers $Body $File
  } catch {
    return @{ Status = 'none'; Text = "$($_.Exception.Message)" }
  }
}

# Get-S3 KEY FILE: false says that there is no such object.
function Get-S3([string]$Key, [string]$File) {
  $answer = Send-S3 'GET' $Key @{} @() $File
  if ($answer.Status -eq 404) { return $false }
  if ($answer.Status -ne 200) { throw "GET $S3/${Key}: $(Get-Answer $answer)" }
  return $true
}

# Test-Hash FILE SHA256 SOURCE REMEDY: deletes what is not as it should be. What is wrong twice in the same way is no accident on the way here.
function Test-Hash([string]$File, [string]$Sha256, [string]$Source, [string]$Remedy) {
  $actual = (Get-FileHash -Algorithm SHA256 -Path $File).Hash.ToLowerInvariant()
  $before = ''
  if (Test-Path "$File.wrong") {
    $before = "$(Get-Content -Path "$File.wrong")"
    Remove-Item -Force -Path "$File.wrong"
  }
  if ($actual -eq $Sha256) { return }
  Remove-Item -Force -Path $File
  $reason = "$Source has the SHA-256 $actual, not $Sha256"
  if ($actual -eq $before) { Stop-Step "$reason, twice. $Remedy" }
  Set-Content -Path "$File.wrong" -Value $actual
  throw $reason
}

# Expand-Bundle FILE: writes the files of a bundle; each stands after a line of its mode, bytes and path.
function Expand-Bundle([string]$File) {
  $bytes = [IO.File]::ReadAllBytes($File)
  $at = [Array]::IndexOf($bytes, [byte]10) + 1
  while ($at -lt $bytes.Length) {
    $end = [Array]::IndexOf($bytes, [byte]10, $at)
    $head = [Text.Encoding]::UTF8.GetString($bytes, $at, $end - $at).Split([char[]]' ', 3)
    $length = [int]$head[1]
    if ($end + 1 + $length -gt $bytes.Length) { Stop-Step "the bundle ends within $($head[2])" }
    $content = New-Object byte[] $length
    [Array]::Copy($bytes, $end + 1, $content, 0, $length)
    New-Item -ItemType Directory -Force -Path (Split-Path -Parent $head[2]) | Out-Null
    [IO.File]::WriteAllBytes($head[2], $content)
    Say "wrote $($head[2])"
    $at = $end + 1 + $length + 1
  }
}

# Set-Task NAME COMMAND: runs a command as the system, now and at each boot, and again until it succeeds: Windows itself repeats only what could not be started.
function Set-Task([string]$Name, [string]$Command) {
  $loop = "do { $Command; if (`$LASTEXITCODE -ne 0) { Start-Sleep -Seconds 30 } } while (`$LASTEXITCODE -ne 0)"
  $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($loop))
  $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument "-NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand $encoded"
  $settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) -MultipleInstances IgnoreNew
  Register-ScheduledTask -Force -TaskName $Name -User 'SYSTEM' -RunLevel Highest -Action $action -Settings $settings `
    -Trigger (New-ScheduledTaskTrigger -AtStartup) | Out-Null
  Start-ScheduledTask -TaskName $Name
}

# Get-ScriptCommand FILE: how a task runs a script of ours.
function Get-ScriptCommand([string]$File) {
  return "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $File"
}

# Set-Status STEP STATE REASON: tells the cluster's owner where this machine is. A status that cannot be written stops nothing.
function Set-Status([string]$Name, [string]$State, [string]$Reason) {
  try {
    $instance = Get-Imds 'meta-data/instance-id'
    $lines = @()
    if (Test-Path $Log) {
      $lines = @(Get-Content -Tail 20 -Path $Log | ForEach-Object { ($_ -replace '[^ -~]', '') } | Where-Object { $_ })
      $lines = @($lines | ForEach-Object { $_.Substring(0, [Math]::Min(300, $_.Length)) })
    }
    $status = [ordered]@{
      version = 1; cluster = $Cluster; role = $Role; part = $Part; instance = $instance; step = $Name; state = $State; reason = $Reason
      time = [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture)
      uptimeSeconds = [int]((Get-Date) - $Started).TotalSeconds; log = $lines
    }
    $body = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -Compress -InputObject $status))
    $key = "status/$Role/$instance.json"
    $answer = Send-S3 'PUT' $key @{ 'Content-Type' = 'text/plain' } $body ''
    if ($answer.Status -ne 200) { Say "PUT $S3/${key}: $(Get-Answer $answer)" }
  } catch {
    Say "the status could not be written: $($_.Exception.Message)"
  }
}

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
