<powershell>
# k8saws: fetches what makes this machine a node, checks it by its hash, and starts it. Holds no secret.
# The files, each after the beginning of its SHA-256 and its mode:
#   c7f66b7d21a9 0644 C:/k8saws/variables.ps1
#   bd89bd93313f 0644 C:/k8saws/programs
#   fbb5d1e0f752 0644 C:/k8saws/containerd.toml
#   8ab5989ed65c 0644 C:/k8saws/kubelet.yaml
#   8fb517e5344d 0644 C:/k8saws/kube-proxy.yaml
#   40a1827f8793 0644 C:/k8saws/credential-provider.yaml
#   9580e5eb98e9 0644 C:/k8saws/net-conf.json
#   c0b87627c583 0644 C:/k8saws/cni.json
#   130e3daf5f68 0644 C:/k8saws/node.ps1
#   bdf0f0d4706b 0644 C:/k8saws/notices.ps1
$Cluster = 'windows'
$Role = 'nodes'
$Part = 'pool-legacy'
$Region = 'eu-west-1'
$S3 = 'https://k8saws-windows-0123abcd.s3.eu-west-1.amazonaws.com'
$Bundle = '420b7be52509beaf68495e6a115ff814474eba2c9f1fc452a4a995aebcf4bb41'

# What the functions are for stands beside them in C:/k8saws/node.ps1.

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

function Say([string]$Text) {
  $line = '{0:HH:mm:ss} {1}' -f [DateTime]::UtcNow, $Text
  Write-Host $line
  Add-Content -Path $Log -Value $line -Encoding UTF8
}

function Stop-Step([string]$Reason) {
  throw ($NoUse + $Reason)
}

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

function Send-Reason([string]$Reason) {
  if ($StepName -and ((Get-Date) - $Told).TotalSeconds -ge $TellSeconds) {
    Set-Status $StepName 'running' $Reason
    $script:Told = Get-Date
  }
}

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

function Get-Time([string]$Address) {
  if (-not ('K8sAwsClock' -as [Type])) {
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

function Send-S3([string]$Method, [string]$Key, [hashtable]$Headers, [byte[]]$Body, [string]$File) {
  try {
    return Send-Signed 's3' $Method "$S3/$Key" $Headers $Body $File
  } catch {
    return @{ Status = 'none'; Text = "$($_.Exception.Message)" }
  }
}

function Get-S3([string]$Key, [string]$File) {
  $answer = Send-S3 'GET' $Key @{} @() $File
  if ($answer.Status -eq 404) { return $false }
  if ($answer.Status -ne 200) { throw "GET $S3/${Key}: $(Get-Answer $answer)" }
  return $true
}

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

function Set-Task([string]$Name, [string]$Command) {
  $loop = "do { $Command; if (`$LASTEXITCODE -ne 0) { Start-Sleep -Seconds 30 } } while (`$LASTEXITCODE -ne 0)"
  $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($loop))
  $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument "-NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand $encoded"
  $settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) -MultipleInstances IgnoreNew
  Register-ScheduledTask -Force -TaskName $Name -User 'SYSTEM' -RunLevel Highest -Action $action -Settings $settings `
    -Trigger (New-ScheduledTaskTrigger -AtStartup) | Out-Null
  Start-ScheduledTask -TaskName $Name
}

function Get-ScriptCommand([string]$File) {
  return "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $File"
}

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


function Get-Bundle {
  $key = "nodes/$Part/$Bundle"
  if (-not (Get-S3 $key "$Root/bundle")) { throw "there is no $key in the cluster's bucket. Plan and apply the cluster" }
  Test-Hash "$Root/bundle" $Bundle "$key in the cluster's bucket" 'Plan and apply the cluster'
}

function Start-AllSteps {
  Step 'check-clock' { Test-Clock }
  Step 'fetch-files' {
    Retry 900 { Get-Bundle }
    Expand-Bundle "$Root/bundle"
    Remove-Item -Force -Path "$Root/bundle"
  }
  Step 'start-node' { Set-Task 'k8saws-node' (Get-ScriptCommand "$Root/node.ps1") }
}

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
</powershell>
