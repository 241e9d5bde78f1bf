"""The network of node machines: a network namespace with a bridge, which plays the router, the name server, the instance metadata
service and the world outside of one VPC.

Argument: a file with the settings, as NodeNetwork writes it. The namespace has no name and belongs to this process, so nothing is left
on the host when it ends. Requests come as lines of JSON over the Unix socket "control" in the network's directory.
"""

import base64
import concurrent.futures
import ctypes
import http.server
import json
import os
import re
import secrets
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

CLONE_NEWNS, CLONE_NEWNET, PR_SET_PDEATHSIG = 0x00020000, 0x40000000, 1
METADATA, OUTSIDE, NAMES = "169.254.169.254", "169.254.170.1", "169.254.169.253"
LONGEST_TOKEN = 21600
libc = ctypes.CDLL(None, use_errno=True)

with open(sys.argv[1], encoding="utf-8") as file:
    settings = json.load(file)
directory = settings["directory"]
namespace = -1


def checked(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def make_namespace():
    global namespace
    checked(libc.unshare(CLONE_NEWNET))
    namespace = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY | os.O_CLOEXEC)


# Linux keeps the network namespace by thread: this one lives inside, all others outside.
inside = concurrent.futures.ThreadPoolExecutor(max_workers=1, initializer=make_namespace)


def within(function, *arguments):
    return inside.submit(function, *arguments).result()


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def listen(address, port):
    return within(lambda: socket.create_server((address, port), backlog=128))


# --- the bridge -----------------------------------------------------------------------------------------------------


def build_bridge():
    run("ip", "link", "set", "lo", "up")
    # An address of its own: otherwise it takes the lowest of its ports', and machines lose their router when others come or go.
    run("ip", "link", "add", "vpc", "address", "06:00:00:00:00:01", "type", "bridge")
    run("ip", "link", "set", "vpc", "up")
    for address in settings["routers"]:
        run("ip", "address", "add", address, "dev", "vpc")
    for address in [METADATA, OUTSIDE, NAMES, settings["nameServer"]]:
        run("ip", "address", "add", f"{address}/32", "dev", "vpc")
    # Both are the namespace's own; the host's stay as they are.
    write("/proc/sys/net/ipv4/ip_forward", "1")
    for interface in ("all", "vpc"):
        write(f"/proc/sys/net/ipv4/conf/{interface}/send_redirects", "0")


def plug(link, pid, name, mac, address=None, gateway=None):
    """Gives a machine a network interface. Without an address the machine configures it itself."""
    machine = ("nsenter", f"--net=/proc/{pid}/ns/net", "ip")

    def work():
        # The kernel takes the links of a machine that has ended with it, but not at once.
        subprocess.run(("ip", "link", "delete", link), stderr=subprocess.DEVNULL, check=False)
        run("ip", "link", "add", link, "type", "veth", "peer", "name", name, "address", mac, "netns", str(pid))
        run("ip", "link", "set", link, "master", "vpc", "up")
        run(*machine, "link", "set", "lo", "up")
        if address:
            # The next machine with an address says so: others still know the hardware address of the one before it.
            run("nsenter", f"--net=/proc/{pid}/ns/net", "sysctl", "--quiet", "--write", f"net.ipv4.conf.{name}.arp_notify=1")
            run(*machine, "address", "add", address, "broadcast", "+", "dev", name)
            run(*machine, "link", "set", name, "up")
            run(*machine, "route", "add", "default", "via", gateway)

    within(work)


def unplug(link):
    within(run, "ip", "link", "delete", link)


def subnet(router):
    """One more subnet, by its router's address with the length of the prefix."""
    within(run, "ip", "address", "replace", router, "dev", "vpc")


def route(destination, via):
    within(run, "ip", "route", "replace", destination, "via", via)


def own(address):
    """An address that something of the test listens on, such as a load balancer's."""
    within(run, "ip", "address", "replace", f"{address}/32", "dev", "vpc")


# --- programs of the root image -------------------------------------------------------------------------------------


def start_in_image(command):
    """Starts a program of the root image within the network. It sees the network's directory as /mnt, and ends with this process."""

    def enter_image():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        checked(libc.unshare(CLONE_NEWNS))
        mount(None, "/", 1 << 18 | 1 << 14)
        mount(directory, os.path.join(settings["image"], "mnt"), 1 << 12)

    line = ["chroot", settings["image"], *command]
    return within(lambda: subprocess.Popen(line, stdin=subprocess.DEVNULL, preexec_fn=enter_image))


def mount(source, target, flags, kind=None, options=None):
    encoded = [None if value is None else value.encode() for value in (source, target, kind, options)]
    checked(libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]))


# --- names and leases -----------------------------------------------------------------------------------------------


class Names:
    def __init__(self):
        self.names, self.leases = {}, {}
        self.hosts, self.hosts_of_leases = os.path.join(directory, "hosts"), os.path.join(directory, "leases")
        self.store()
        command = ["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts"]
        # Another user or group would make it forget that it ends with this process.
        command += ["--user=root", "--group=root"]
        command += ["--pid-file=/mnt/dnsmasq.pid", "--conf-file=/dev/null", "--log-facility=-", "--bind-interfaces", "--interface=vpc"]
        command += ["--except-interface=lo", "--addn-hosts=/mnt/hosts", "--dhcp-hostsfile=/mnt/leases", "--leasefile-ro"]
        command += ["--dhcp-authoritative", "--local-ttl=1", "--log-dhcp", "--log-queries"]
        # Every question is answered here, also "there is no such name": a silent name server costs cloud-init a minute.
        command += ["--address=/#/"]
        command += [f"--address=/{domain}/{address}" for domain, address in settings.get("domains", {}).items()]
        command += [f"--dhcp-range={first},static,{mask}" for first, mask in settings["subnets"]]
        command += [f"--dhcp-option=option:dns-server,{settings['nameServer']}"]
        self.command = command
        self.start()

    def start(self):
        self.process = start_in_image(self.command)
        # A signal to read its files again would end it before it listens to signals.
        while not os.path.exists(os.path.join(directory, "dnsmasq.pid")):
            self.require_alive()
            time.sleep(0.01)

    def require_alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the name server has ended with code {self.process.returncode}")

    def store(self):
        # Written in place: the programs see these files through a mount of the directory.
        write(self.hosts, "".join(f"{address} {name}\n" for name, all_of in self.names.items() for address in all_of))
        write(self.hosts_of_leases, "".join(f"{mac},{address}\n" for mac, address in self.leases.items()))

    def again(self):
        self.process.kill()
        self.process.wait()
        os.unlink(os.path.join(directory, "dnsmasq.pid"))
        self.store()
        self.start()

    def tell(self):
        self.require_alive()
        self.store()
        self.process.send_signal(signal.SIGHUP)


def name(name, addresses):
    if addresses:
        names.names[name] = addresses
    else:
        names.names.pop(name, None)
    names.tell()


def lease(mac, address):
    before = [other for other, had in names.leases.items() if had == address and other != mac]
    names.leases[mac] = address
    for other in before:
        del names.leases[other]
    if before:
        # It would keep the address for the machine that has ended, and cloud-init would ask for a minute in vain.
        names.again()
    else:
        names.tell()


# --- instance metadata ----------------------------------------------------------------------------------------------


class Metadata(http.server.BaseHTTPRequestHandler):
    """IMDSv2. What an address is told stands in the file metadata/ADDRESS.json, which is read anew for each request."""

    protocol_version = "HTTP/1.1"
    tokens = {}

    def do_PUT(self):
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if self.headers.get("X-Forwarded-For"):
            self.answer(403, "Forbidden")
        elif self.path != "/latest/api/token":
            self.answer(404, "Not Found")
        elif not ttl.isdigit() or not 1 <= int(ttl) <= LONGEST_TOKEN:
            self.answer(400, "Bad Request")
        else:
            token = secrets.token_urlsafe(40)
            self.tokens[token] = (self.client_address[0], time.monotonic() + int(ttl))
            # The answer goes no further than the instance allows: pods behind one more hop do not get it.
            self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.document().get("hopLimit", 1))
            self.answer(200, token, {"X-aws-ec2-metadata-token-ttl-seconds": ttl})
            self.close_connection = True

    def do_GET(self):
        owner, until = self.tokens.get(self.headers.get("X-aws-ec2-metadata-token", ""), ("", 0))
        if owner != self.client_address[0] or time.monotonic() > until:
            self.answer(401, "Unauthorized")
            return
        document = self.document()
        parts = [part for part in self.path.split("?")[0].split("/") if part]
        if not parts:
            self.answer(200, "1.0\n2021-03-23\n2021-07-15\nlatest")
            return
        user_data = document.get("userData")
        node = {"dynamic": document.get("dynamic", {}), "meta-data": document.get("metaData", {})}
        if user_data is not None:
            node["user-data"] = base64.b64decode(user_data)
        for part in parts[1:]:
            node = node.get(part) if isinstance(node, dict) else None
        if node is None:
            self.answer(404, "Not Found")
        elif isinstance(node, dict):
            self.answer(200, "\n".join(self.listed(key, value) for key, value in sorted(node.items())))
        else:
            self.answer(200, node)

    @staticmethod
    def listed(key, value):
        # A public key is listed with its name; all other directories end with a slash.
        if isinstance(value, dict) and "openssh-key" in value:
            return f"{key}=key-{key}"
        return f"{key}/" if isinstance(value, dict) and not key.startswith("user-data") else key

    def document(self):
        path = os.path.join(directory, "metadata", f"{self.client_address[0]}.json")
        try:
            with open(path, encoding="utf-8") as document:
                return json.load(document)
        except FileNotFoundError:
            return {}

    def answer(self, status, body, headers=None):
        content = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *arguments):
        # Neither tokens nor credentials stand in paths.
        print(f"metadata {self.client_address[0]} {format % arguments}", flush=True)


# --- the asset mirror -----------------------------------------------------------------------------------------------


class Mirror(http.server.SimpleHTTPRequestHandler):
    """Serves files of some directories; the first that has one wins."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path):
        for root in [os.path.join(directory, "mirror"), settings["mirror"]]:
            self.directory = root
            found = super().translate_path(path)
            if os.path.exists(found):
                return found
        return found

    def copyfile(self, source, outputfile):
        # By the kernel: nine machines fetch their programs at once.
        self.connection.sendfile(source)

    def log_message(self, format, *arguments):
        print(f"mirror {self.client_address[0]} {format % arguments}", flush=True)


def serve(handler, address, port):
    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    server = Server((address, port), handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listen(address, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()


# --- doors between the host's loopback address and the network -------------------------------------------------------


def connect_within(address, port):
    # A socket belongs to the namespace of the thread that makes it.
    checked(libc.setns(namespace, CLONE_NEWNET))
    return socket.create_connection((address, port), timeout=10)


def pump(source, target):
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def forward(accepted, connect):
    try:
        with accepted, connect() as other:
            other.settimeout(None)
            back = threading.Thread(target=pump, args=(other, accepted), daemon=True)
            back.start()
            pump(accepted, other)
            back.join()
    except OSError as error:
        print(f"door {error}", flush=True)


def accept(listener, connect):
    while True:
        try:
            accepted, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=forward, args=(accepted, connect), daemon=True).start()


def door(listener, connect):
    threading.Thread(target=accept, args=(listener, connect), daemon=True).start()


def enter(address, port, host, to):
    """A port of the network that leads to one of the host."""
    door(listen(address, port), lambda: socket.create_connection((host, to), timeout=10))


def leave(address, port):
    """A loopback port of the host that leads to an address of the network."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    door(listener, lambda: connect_within(address, port))
    return listener.getsockname()[1]


class Proxy(socketserver.StreamRequestHandler):
    """Lets a client on the host reach the network by its names, as HTTP's CONNECT asks for."""

    def handle(self):
        method, target, *_ = [*self.rfile.readline(65536).decode("latin-1").split(), "", ""]
        while self.rfile.readline(65536).strip():
            pass
        host, _, port = target.rpartition(":")
        addresses = names.names.get(host.lower(), [host])
        if method != "CONNECT" or not port.isdigit() or not re.fullmatch(r"[\d.]+", addresses[0]):
            self.wfile.write(b"HTTP/1.1 502 Not a name of the network\r\n\r\n")
            return

        def connect():
            other = connect_within(addresses[0], int(port))
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            return other

        forward(self.connection, connect)


class ProxyServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    request_queue_size = 128


def proxy():
    """A loopback port of the host for clients that take a proxy."""
    server = ProxyServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


# --- load balancers ----------------------------------------------------------------------------------------------------


class Balancers:
    """HAProxy in the place of network load balancers. It asks targets whether they are well only as far as it is told how."""

    # A target that was just registered counts as well until its first check. AWS sends it nothing before; here its refusal sends the connection to another one.
    # What the checks have found outlives a change of the targets.
    HEAD = (
        "global\n  maxconn 4000\n  stats socket /mnt/haproxy.sock\n  server-state-file /mnt/haproxy.state\n"
        "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n"
        "  retries 3\n  option redispatch 1\n  load-server-state-from-file global\n"
    )

    def __init__(self):
        self.targets, self.processes = {}, []

    def set(self, address, port, targets, check):
        own(address)
        self.targets[address, port] = (targets, check)
        process = self.start()
        within(self.await_listener, address, port, process)

    def remove(self, address, port):
        if self.targets.pop((address, port), None) is None:
            return
        if self.targets:
            process = self.start()
            within(self.await_listener, *next(iter(self.targets)), process)
        else:
            for process in self.processes:
                process.kill()
                process.wait()

    def start(self):
        with open(os.path.join(directory, "haproxy.cfg"), "w", encoding="utf-8") as out:
            out.write(self.HEAD)
            for (bound, at), (behind, check) in sorted(self.targets.items(), key=lambda item: item[0]):
                out.write(f"listen balancer-{bound}-{at}\n  bind {bound}:{at}\n")
                out.writelines(f"  {line}\n" for line in self.checking(check))
                out.writelines(f"  server {target.replace(':', '-')} {target}\n" for target in behind)
        self.processes = [process for process in self.processes if process.poll() is None]
        self.keep_state()
        command = ["haproxy", "-db", "-f", "/mnt/haproxy.cfg"]
        if self.processes:
            # The new process takes the addresses over; the old ones serve the connections that they have.
            command += ["-sf", *(str(process.pid) for process in self.processes)]
        process = start_in_image(command)
        self.processes.append(process)
        return process

    def keep_state(self):
        """Asks the process that is about to be replaced how its targets are. One that does not answer keeps no change from being made."""
        state = b""
        if self.processes:
            try:
                state = self.ask_state()
            except OSError as failure:
                print(f"haproxy does not tell how its targets are: {failure}", file=sys.stderr, flush=True)
        with open(os.path.join(directory, "haproxy.state"), "wb") as out:
            out.write(state)

    @staticmethod
    def ask_state():
        state = b""
        at = os.open(directory, os.O_PATH)  # a socket's path must be short
        try:
            with socket.socket(socket.AF_UNIX) as asked:
                asked.settimeout(10)
                asked.connect(f"/proc/self/fd/{at}/haproxy.sock")
                asked.sendall(b"show servers state\n")
                while part := asked.recv(65536):
                    state += part
        finally:
            os.close(at)
        return state

    @staticmethod
    def checking(check):
        """How targets are asked. The first failure counts at once, a change only when it is repeated."""
        if not check:
            return
        yield "timeout check 5s"
        options = f"check inter {check['seconds']}s fall 2 rise {check['rise']}"
        if check.get("port"):
            options += f" port {check['port']}"
        if check["protocol"] in ("HTTP", "HTTPS"):
            yield "option httpchk"
            yield f"http-check send meth GET uri {check['path']} ver HTTP/1.1 hdr Host target"
            yield "http-check expect status 200-399"
        if check["protocol"] == "HTTPS":
            options += " check-ssl verify none"
        yield f"default-server {options}"

    @staticmethod
    def await_listener(address, port, process):
        """Waits until the new process listens, and no old one."""
        question = ("ss", "--no-header", "--listening", "--tcp", "--numeric", "--processes", f"src {address}:{port}")
        for _ in range(1000):
            if process.poll() is not None:
                raise RuntimeError(f"haproxy has ended with code {process.returncode}")
            answer = subprocess.run(question, capture_output=True, text=True, check=False)
            if set(re.findall(r"pid=(\d+)", answer.stdout)) == {str(process.pid)}:
                return
            time.sleep(0.01)
        raise RuntimeError(f"haproxy does not listen alone on {address}:{port}")


def balance(address, port, targets, check=None):
    balancers.set(address, port, targets, check)


def unbalance(address, port):
    balancers.remove(address, port)


# --- disks ----------------------------------------------------------------------------------------------------------

disks = {}


def disk(file):
    """A loop device for a file. The kernel frees it when this process and the machines that have it have ended."""
    device = subprocess.run(
        ("losetup", "--find", "--show", "--nooverlap", file), capture_output=True, text=True, check=False
    )
    if device.returncode != 0:
        raise RuntimeError(f"losetup: {device.stderr.strip()}")
    path = device.stdout.strip()
    number = int(path.removeprefix("/dev/loop"))
    disks[number] = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    # In use, it is not freed now, but with its last user.
    run("losetup", "--detach", path)
    return number


def release(loop):
    """Gives a loop device back as far as this process has it."""
    os.close(disks.pop(loop))


# --- requests -------------------------------------------------------------------------------------------------------

OFFERED = (plug, unplug, subnet, route, own, name, lease, enter, leave, proxy, balance, unbalance, disk, release)
REQUESTS = {function.__name__: function for function in OFFERED}
lock = threading.Lock()


class Control(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            try:
                request = json.loads(line)
                with lock:
                    answer = {"value": REQUESTS[request.pop("do")](**request)}
            except Exception as error:  # whoever asked is told
                answer = {"error": f"{type(error).__name__}: {error}"}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


class ControlServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


# Its parent ends it politely; when that is killed, the kernel says so.
libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
os.makedirs(os.path.join(directory, "metadata"), exist_ok=True)
os.makedirs(os.path.join(directory, "mirror"), exist_ok=True)
within(build_bridge)
names, balancers = Names(), Balancers()
serve(Metadata, METADATA, 80)
serve(Mirror, OUTSIDE, 80)
control = os.path.join(directory, "control")
with ControlServer(control + ".new", Control) as server:
    os.chmod(control + ".new", 0o600)
    # The name appears when everything is ready.
    os.rename(control + ".new", control)
    print(f"ready, process {os.getpid()}", flush=True)
    server.serve_forever()
