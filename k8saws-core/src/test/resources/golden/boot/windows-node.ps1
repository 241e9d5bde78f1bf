# k8saws: makes this machine a node. It may be run again at any time.
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

# ---- the runbook of a Windows worker ----

$Bin = "$Root/bin"
$Kubernetes = "$Root/kubernetes"
$Kubeconfig = "$Kubernetes/kubelet.conf"
$Network = 'flannel.4096' # flannel names it after its VNI; Windows knows no VNI below 4096

# Invoke-Program PROGRAM ARGUMENT...: what a program prints; an error when it says so.
function Invoke-Program([string]$Program, [string[]]$Arguments) {
  $before = $ErrorActionPreference
  $ErrorActionPreference = 'Continue' # what a program prints to its error stream is no error
  try {
    $output = & $Program @Arguments 2>&1 | ForEach-Object { "$_" }
  } finally {
    $ErrorActionPreference = $before
  }
  if ($LASTEXITCODE -ne 0) { throw "$Program ended with code ${LASTEXITCODE}: $output" }
  return $output
}

function Read-Oneself {
  $why = ''
  try {
    $script:Instance = Get-Imds 'meta-data/instance-id'
    $script:Zone = Get-Imds 'meta-data/placement/availability-zone'
    $script:Address = Get-Imds 'meta-data/local-ipv4'
    if ($Instance -and $Zone -and $Address) { return }
  } catch {
    $why = ". $($_.Exception.Message)"
  }
  throw "the metadata service $Imds does not say who this machine is. Look at the launch template's metadata options$why"
}

# Who this machine is, from the metadata service.
function Find-Oneself {
  Retry 120 { Read-Oneself }
  "$Instance in $Zone with address $Address"
}

# Updates would restart the machine when they like to. Here a newer image comes with a new machine, as the plan says.
function Suspend-Updates {
  $key = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
  New-Item -Force -Path $key | Out-Null
  Set-ItemProperty -Path $key -Name 'NoAutoUpdate' -Value 1 -Type DWord
}

# Containers need a feature of Windows, and the feature a restart; the script goes on after it.
function Enable-Containers {
  $feature = Install-WindowsFeature -Name Containers
  if ("$($feature.RestartNeeded)" -eq 'Yes') {
    Say 'the feature Containers is installed: restarting'
    Restart-Computer -Force
    Start-Sleep -Seconds 600
  }
  $rules = @(
    @{ Name = 'k8saws-kubelet'; Protocol = 'TCP'; LocalPort = '10250' }
    @{ Name = 'k8saws-vxlan'; Protocol = 'UDP'; LocalPort = '4789' }
    @{ Name = 'k8saws-node-ports-tcp'; Protocol = 'TCP'; LocalPort = '30000-32767' }
    @{ Name = 'k8saws-node-ports-udp'; Protocol = 'UDP'; LocalPort = '30000-32767' }
  )
  foreach ($rule in $rules) {
    if (-not (Get-NetFirewallRule -Name $rule.Name -ErrorAction SilentlyContinue)) {
      New-NetFirewallRule -DisplayName $rule.Name -Direction Inbound -Action Allow @rule | Out-Null # security groups say who may
    }
  }
}

# Programs by their hashes: lines of name, SHA-256, form, target, address.
function Install-Programs {
  foreach ($line in Get-Content -Path "$Root/programs") {
    $name, $sha256, $form, $target, $address = $line.Split(' ')
    $mark = "$Root/cache/$name.installed"
    if ((Test-Path $mark) -and (Get-Content -Path $mark) -eq $sha256) { continue }
    Retry 900 { Install-Program $name $sha256 $form $target $address }
    Set-Content -Path $mark -Value $sha256
  }
}

function Install-Program([string]$Name, [string]$Sha256, [string]$Form, [string]$Target, [string]$Address) {
  $got = "$Root/cache/$Name"
  New-Item -ItemType Directory -Force -Path "$Root/cache", (Split-Path -Parent $Target) | Out-Null
  Say "fetching $Name from $Address"
  $why = ''
  try {
    if ($Address.StartsWith('s3+')) {
      $answer = Send-Signed 's3' 'GET' $Address.Substring(3) @{} @() $got 600
    } else {
      $answer = Send 'GET' $Address @{} @() $got 600
    }
    if ($answer.Status -ne 200) { $why = "answer $($answer.Status)" }
  } catch {
    $why = "$($_.Exception.Message)"
  }
  if ($why) { throw "$Name cannot be fetched from ${Address}: $why. Look at the mirror, and at this machine's way there" }
  Test-Hash $got $Sha256 "$Name from $Address" 'Look at that place. If the file was meant to change, give its hash in assets.sha256'
  switch ($Form) {
    'file' { Copy-Item -Force -Path $got -Destination $Target }
    'tar' {
      New-Item -ItemType Directory -Force -Path $Target | Out-Null
      Invoke-Program 'tar.exe' @('-xzf', $got, '-C', $Target) | Out-Null
    }
    default { Stop-Step "the list of programs has the unknown form $Form" }
  }
  Remove-Item -Force -Path $got
}

# Complete-Document FILE TARGET NAMES: a document with what only the machine knows in the places of @NAMES@.
function Complete-Document([string]$File, [string]$Target, [hashtable]$Names) {
  $text = [IO.File]::ReadAllText($File)
  foreach ($name in $Names.Keys) { $text = $text.Replace("@$name@", "$($Names[$name])") }
  New-Item -ItemType Directory -Force -Path (Split-Path -Parent $Target) | Out-Null
  [IO.File]::WriteAllText($Target, $text)
}

function Write-Documents {
  New-Item -ItemType Directory -Force -Path $Kubernetes | Out-Null
  # only the system and administrators may read how a machine joins
  Invoke-Program 'icacls.exe' @($Kubernetes, '/inheritance:r', '/grant', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F') | Out-Null
  Complete-Document "$Root/kubelet.yaml" "$Kubernetes/kubelet.yaml" @{ PROVIDER_ID = "aws:///$Zone/$Instance" }
}

# Set-ProgramService NAME COMMAND: a service of the system that starts at each boot, and again when it ends.
function Set-ProgramService([string]$Name, [string]$Command) {
  $there = Get-CimInstance -ClassName Win32_Service -Filter "Name='$Name'"
  if (-not $there) {
    New-Service -Name $Name -BinaryPathName $Command -StartupType Automatic | Out-Null
  } elseif ($there.PathName -ne $Command) {
    Stop-Service -Force -Name $Name
    Invoke-CimMethod -InputObject $there -MethodName Change -Arguments @{ PathName = $Command } | Out-Null
  }
  Invoke-Program 'sc.exe' @('failure', $Name, 'reset=', '0', 'actions=', 'restart/5000') | Out-Null
  Start-Service -Name $Name
}

function Start-Containerd {
  New-Item -ItemType Directory -Force -Path "$Root/log" | Out-Null
  Set-ProgramService 'containerd' "$Root/bin/containerd.exe --run-service --service-name containerd --config $Root/containerd.toml --log-file $Root/log/containerd.log"
  Retry 120 { if (-not (Test-Path '\\.\pipe\containerd-containerd')) { throw "containerd does not listen: $Root/log/containerd.log has its words" } }
}

# A machine that is a node already stays one.
function Join-Cluster {
  $certificate = 'C:/var/lib/kubelet/pki/kubelet-client-current.pem'
  if (Test-Path $certificate) { 'this machine is a node already' } else { Retry 3600 { Get-WayIn } }
  $command = "$Bin/kubelet.exe --windows-service --config=$Kubernetes/kubelet.yaml --bootstrap-kubeconfig=$Kubernetes/bootstrap-kubelet.conf" +
  " --kubeconfig=$Kubeconfig --cert-dir=C:/var/lib/kubelet/pki --hostname-override=$Instance --node-ip=$Address --cloud-provider=external" +
  " --image-credential-provider-bin-dir=$Root/credential-provider --image-credential-provider-config=$Root/credential-provider.yaml"
  if ($Labels) { $command += " --node-labels=$Labels" }
  Set-ProgramService 'kubelet' $command
  Retry 300 { if (-not (Test-Path $certificate)) { throw 'the kubelet has no certificate yet: kube-controller-manager signs it' } }
  Remove-Item -Force -ErrorAction SilentlyContinue -Path "$Kubernetes/bootstrap-kubelet.conf"
}

# The way in is fetched anew at each try: it lives for two hours only. A worker may not list the bucket, so S3 says 403 to what is not there, too.
function Get-WayIn {
  $there = $false
  $answer = ''
  try {
    $there = Get-S3 'join/nodes.conf' "$Kubernetes/bootstrap-kubelet.conf"
  } catch {
    $answer = ". $($_.Exception.Message)"
  }
  if (-not $there) {
    throw ("there is no way in yet, join/nodes.conf in the cluster's bucket, or this machine's role may not read it." +
      " Look at the control plane's statuses first: each of its machines writes it$answer")
  }
  $line = Get-Content -Path "$Kubernetes/bootstrap-kubelet.conf" | Where-Object { $_ -match 'certificate-authority-data: (\S+)' } | Select-Object -First 1
  [IO.File]::WriteAllBytes("$Kubernetes/ca.crt", [Convert]::FromBase64String(($line -split ': ')[1].Trim()))
}

# The network: flannel makes Windows' virtual switch; pods get their addresses from the node's own block; kube-proxy sends what is for services.
function Start-Network {
  $script:PodCidr = Retry 600 {
    $cidr = Invoke-Program "$Bin/kubectl.exe" @('--kubeconfig', $Kubeconfig, '--request-timeout', '10s', 'get', 'node', $Instance, '-o', 'jsonpath={.spec.podCIDR}')
    if (-not $cidr) { throw 'the node has no block of addresses yet' }
    "$cidr"
  }
  Start-Flannel
  Retry 300 { if (-not (Get-HnsNetwork | Where-Object { $_.Name -eq $Network })) { throw "flannel has not made the network $Network yet" } }
  Retry 120 { Restore-MetadataRoute }
  Complete-Document "$Root/cni.json" "$Root/cni/conf/10-flannel.conf" @{ POD_CIDR = $PodCidr; ADDRESS = $Address }
  Complete-Document "$Root/kube-proxy.yaml" "$Kubernetes/kube-proxy.yaml" @{ SOURCE_VIP = (Get-SourceVip) }
  Set-ProgramService 'kube-proxy' "$Bin/kube-proxy.exe --windows-service --config=$Kubernetes/kube-proxy.yaml --hostname-override=$Instance"
}

# flanneld is no service of Windows by itself, so a task runs it at each boot, and again whenever it ends.
function Start-Flannel {
  Set-Task 'k8saws-flannel' ("`$env:NODE_NAME = '$Instance'; $Bin/flanneld.exe --kube-subnet-mgr --kubeconfig-file=$Kubeconfig" +
    " --net-config-path=$Root/net-conf.json --iface=$Address --ip-masq=1 *>> $Root/log/flanneld.log; `$global:LASTEXITCODE = 1")
}

# The virtual switch takes the place of the network card, and the way to the metadata service goes with the card.
function Restore-MetadataRoute {
  $index = (Get-NetIPAddress -IPAddress $Address).InterfaceIndex
  $gateway = (Get-NetRoute -DestinationPrefix '0.0.0.0/0' -InterfaceIndex $index | Select-Object -First 1).NextHop
  if (-not (Get-NetRoute -DestinationPrefix '169.254.169.254/32' -InterfaceIndex $index -ErrorAction SilentlyContinue)) {
    New-NetRoute -DestinationPrefix '169.254.169.254/32' -InterfaceIndex $index -NextHop $gateway -RouteMetric 25 | Out-Null
  }
  Get-Imds 'meta-data/instance-id' | Out-Null
}

# An address of the node's block that no pod gets: kube-proxy sends from it when the packets leave through the overlay. host-local keeps it for good.
function Get-SourceVip {
  $file = "$Root/source-vip"
  if (-not (Test-Path $file)) {
    $request = '{"cniVersion":"0.2.0","name":"' + $Network + '","ipam":{"type":"host-local","ranges":[[{"subnet":"' + $PodCidr + '"}]],"dataDir":"C:/var/lib/cni/networks"}}'
    $env:CNI_COMMAND = 'ADD'; $env:CNI_CONTAINERID = 'source-vip'; $env:CNI_NETNS = 'source-vip'; $env:CNI_IFNAME = 'source-vip'; $env:CNI_PATH = "$Root/cni/bin"
    $answer = $request | & "$Root/cni/bin/host-local.exe" | Out-String
    if ($LASTEXITCODE -ne 0) { throw "host-local ended with code ${LASTEXITCODE}: $answer" }
    $vip = ($answer | ConvertFrom-Json).ip4.ip.Split('/')[0]
    Set-Content -Path $file -Value $vip
  }
  return "$(Get-Content -Path $file)"
}

Step 'identify' { Find-Oneself }
Step 'check-clock' { Test-Clock }
Step 'hold-updates' { Suspend-Updates }
Step 'prepare-kernel' { Enable-Containers }
Step 'install-programs' { Install-Programs }
Step 'write-documents' { Write-Documents }
Step 'start-containerd' { Start-Containerd }
Step 'join' { Join-Cluster }
Step 'start-network' { Start-Network }
Step 'start-notices' { Set-Task 'k8saws-notices' (Get-ScriptCommand "$Root/notices.ps1") }
Set-Status 'done' 'done' ''
