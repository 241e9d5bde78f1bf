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
