"""One node machine: systemd as process 1 in namespaces of its own, over a copy-on-write view of the root image.

Argument: a file with the settings, as NodeMachine writes it. All mounts belong to the machine's own namespaces and vanish with it; what
this script makes on the host, the control groups, it also removes. When it is killed, the kernel ends the machine, and the next run
removes the groups.
"""

import ctypes
import json
import os
import pty
import shutil
import signal
import socket
import stat
import sys
import threading
import time

NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWPID, NEWNET = 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE, SHARED = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18, 1 << 20
PR_SET_PDEATHSIG, PIVOT_ROOT, MNT_DETACH = 1, {"x86_64": 155, "aarch64": 41}[os.uname().machine], 2
PR_CAPBSET_DROP, CAP_SYS_TIME = 24, 25
GROUPS = "/sys/fs/cgroup"
libc = ctypes.CDLL(None, use_errno=True)

with open(sys.argv[1], encoding="utf-8") as file:
    settings = json.load(file)
directory = settings["directory"]
root = os.path.join(directory, "root")


def checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source, target, kind=None, flags=0, options=None):
    encoded = [None if value is None else value.encode() for value in (source, target, kind, options)]
    result = libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    checked(result, f"mount {kind or source} on {target}")


def bind(source, target, read_only=False):
    mount(source, target, flags=BIND | REC)
    if read_only:
        mount(None, target, flags=BIND | REMOUNT | RDONLY)


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def read(path):
    try:
        with open(path, "rb") as source:
            return source.read()
    except OSError:
        return b""


# --- control groups -------------------------------------------------------------------------------------------------


def hierarchies():
    """The host's hierarchies: (where it is mounted, options to mount it again; none for version 2)."""
    found = []
    for line in read("/proc/self/mounts").decode().splitlines():
        _, target, kind, options, *_ = line.split()
        if kind == "cgroup" and target.startswith(GROUPS):
            own = [option for option in options.split(",") if option not in ("rw", "ro", "relatime", "nosuid", "nodev", "noexec", "xattr")]
            own = [option for option in own if not option.startswith(("release_agent=", "clone_children"))]
            found.append((target, ",".join(own)))
        elif kind == "cgroup2" and target.startswith(GROUPS):
            found.append((target, None))
    return found


def make_groups(all_of):
    for mounted, options in all_of:
        path = mounted
        for part in settings["group"].split("/"):
            if options is None and mounted == GROUPS:
                available = read(os.path.join(path, "cgroup.controllers")).decode().split()
                write(os.path.join(path, "cgroup.subtree_control"), " ".join(f"+{name}" for name in available))
            parent, path = path, os.path.join(path, part)
            os.makedirs(path, exist_ok=True)
            if options and "cpuset" in options.split(","):
                for name in ("cpuset.cpus", "cpuset.mems"):
                    write(os.path.join(path, name), read(os.path.join(parent, name)).decode())


def join_groups(all_of):
    for mounted, _ in all_of:
        write(os.path.join(mounted, settings["group"], "cgroup.procs"), "0")


def remove_groups(all_of):
    for mounted, _ in all_of:
        group = os.path.join(mounted, settings["group"])
        for folder, _, _ in os.walk(group, topdown=False):
            # A group that has just lost its last process may say "busy" for a moment.
            for _ in range(100):
                try:
                    os.rmdir(folder)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)
        try:
            os.rmdir(os.path.dirname(group))
        except OSError:
            pass  # other machines of the run are in there


# --- what the machine sees ------------------------------------------------------------------------------------------


def make_root():
    for name in ("root", "upper", "work"):
        os.makedirs(os.path.join(directory, name), exist_ok=True)
    options = f"lowerdir={settings['image']},upperdir={directory}/upper,workdir={directory}/work"
    mount("overlay", root, "overlay", 0, options)
    for name, text in settings["files"].items():
        path = os.path.join(root, name.lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.islink(path):
            os.unlink(path)
        write(path, text)
    os.makedirs(f"{root}/var/lib/containerd", exist_ok=True)
    bind(os.path.join(directory, "containerd"), f"{root}/var/lib/containerd")


def make_proc():
    mount("proc", f"{root}/proc", "proc", NOSUID | NODEV | NOEXEC)
    if os.path.exists(f"{root}/proc/sysrq-trigger"):
        bind("/dev/null", f"{root}/proc/sysrq-trigger")
    # Otherwise "swapoff --all" would mean the host's.
    write(os.path.join(directory, "swaps"), "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")
    bind(os.path.join(directory, "swaps"), f"{root}/proc/swaps", read_only=True)
    # Of the kernel's settings only those of the network namespace are the machine's own. The others are copies that it may write.
    private = f"{root}/run/k8saws-sysctl"
    for name in ("vm", "fs", "kernel"):
        copy_settings(f"/proc/sys/{name}", f"{private}/{name}")
        bind(f"{private}/{name}", f"{root}/proc/sys/{name}")
    mount("tmpfs", private, "tmpfs", NOSUID | NODEV | NOEXEC | RDONLY)


# These differ at each look, or belong to the machine's own namespaces.
LIVE = ("kernel/random", "kernel/hostname", "kernel/domainname", "kernel/shmmax", "kernel/shmall", "kernel/shmmni", "kernel/msgmax")
LIVE += ("kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/ns_last_pid", "fs/mqueue", "fs/file-nr", "fs/inode-nr", "fs/dentry-state")


def copy_settings(source, target):
    os.makedirs(target, exist_ok=True)
    for entry in os.scandir(source):
        name, copy = entry.path.removeprefix("/proc/sys/"), os.path.join(target, entry.name)
        if name in LIVE:
            if entry.is_dir():
                os.makedirs(copy)
            else:
                write(copy, "")
            live = os.path.join(root, "proc/sys", name)
            bind(live, copy, read_only=name in ("kernel/random", "kernel/ns_last_pid"))
        elif entry.is_dir(follow_symlinks=False):
            if entry.name != "binfmt_misc":
                copy_settings(entry.path, copy)
        else:
            with open(copy, "wb") as out:
                out.write(read(entry.path))


def make_sys(all_of):
    hidden = os.path.join(directory, "sys")
    os.makedirs(hidden, exist_ok=True)
    mount("sysfs", hidden, "sysfs", NOSUID | NODEV | NOEXEC | RDONLY)
    top = f"{root}/sys"
    mount("tmpfs", top, "tmpfs", NOSUID | NODEV | NOEXEC, "mode=755")
    for name in os.listdir(hidden):
        os.makedirs(f"{top}/{name}")
        if name not in ("fs", "hypervisor"):
            bind(f"{hidden}/{name}", f"{top}/{name}", read_only=True)
    for name in os.listdir(f"{hidden}/fs"):
        os.makedirs(f"{top}/fs/{name}")
        if name not in ("cgroup", "bpf"):
            bind(f"{hidden}/fs/{name}", f"{top}/fs/{name}", read_only=True)
    if os.path.isdir(f"{top}/fs/bpf"):
        mount("bpf", f"{top}/fs/bpf", "bpf", NOSUID | NODEV | NOEXEC, "mode=700")
    # cloud-init does not read DMI in a container; this is the other sign of EC2 that it knows.
    os.makedirs(f"{top}/hypervisor", exist_ok=True)
    write(f"{top}/hypervisor/uuid", settings["uuid"] + "\n")
    os.makedirs(f"{top}/fs/cgroup", exist_ok=True)
    if all_of == [(GROUPS, None)]:
        mount("cgroup2", f"{top}/fs/cgroup", "cgroup2", NOSUID | NODEV | NOEXEC)
    else:
        mount("tmpfs", f"{top}/fs/cgroup", "tmpfs", NOSUID | NODEV | NOEXEC, "mode=755")
        for mounted, options in all_of:
            target = f"{top}/fs/cgroup/{os.path.basename(mounted)}"
            os.makedirs(target)
            mount("cgroup", target, "cgroup" if options else "cgroup2", NOSUID | NODEV | NOEXEC, options)
    mount(None, top, flags=REMOUNT | RDONLY | NOSUID | NODEV | NOEXEC)


NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0), "kmsg": (1, 11)}
NODES |= {"fuse": (10, 229), "net/tun": (10, 200)}


def make_dev(console):
    dev = f"{root}/dev"
    mount("tmpfs", dev, "tmpfs", NOSUID, "mode=755")
    for name in ("pts", "shm", "mqueue", "net", "disk/by-id"):
        os.makedirs(f"{dev}/{name}")
    for name, (major, minor) in NODES.items():
        os.mknod(f"{dev}/{name}", 0o666 | stat.S_IFCHR, os.makedev(major, minor))
        os.chmod(f"{dev}/{name}", 0o666)
    mount("devpts", f"{dev}/pts", "devpts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5")
    mount("tmpfs", f"{dev}/shm", "tmpfs", NOSUID | NODEV, "mode=1777")
    mount("mqueue", f"{dev}/mqueue", "mqueue", NOSUID | NODEV | NOEXEC)
    for name, target in {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}.items():
        os.symlink(target, f"{dev}/{name}")
    write(f"{dev}/console", "")
    bind(console, f"{dev}/console")
    for volume in settings["volumes"]:
        os.mknod(f"{dev}/{volume['device']}", 0o660 | stat.S_IFBLK, os.makedev(7, volume["loop"]))
        os.symlink(f"../../{volume['device']}", f"{dev}/disk/by-id/{volume['link']}")


def become_machine(all_of, console, plugged, unshared):
    """The life of process 1 up to systemd."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    join_groups(all_of)
    checked(libc.unshare(NEWNS | NEWUTS | NEWIPC | NEWCGROUP | NEWNET), "unshare")
    os.write(unshared, b".")
    if os.read(plugged, 1) != b".":
        raise RuntimeError("the network did not come")
    mount(None, "/", flags=REC | PRIVATE)
    os.umask(0o022)
    make_root()
    make_dev(os.ttyname(console))
    mount("tmpfs", f"{root}/run", "tmpfs", NOSUID | NODEV, "mode=755")
    make_proc()
    make_sys(all_of)
    socket.sethostname(settings["hostname"])
    os.setsid()
    for number in (0, 1, 2):
        os.dup2(console, number)
    os.chdir(root)
    checked(libc.syscall(PIVOT_ROOT, b".", b"."), "pivot_root")
    checked(libc.umount2(b".", MNT_DETACH), "umount the old root")
    os.chdir("/")
    # systemd does it on hardware and leaves it to the starter in a container; kubelets hand mounts on.
    mount(None, "/", flags=REC | SHARED)
    for number in range(signal.NSIG):
        if number not in (0, signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_DFL)
    # The clock is the host's.
    checked(libc.prctl(PR_CAPBSET_DROP, CAP_SYS_TIME, 0, 0, 0), "drop CAP_SYS_TIME")
    words = ["/sbin/init", "systemd.log_target=journal", "systemd.show_status=true"]
    if all_of != [(GROUPS, None)]:
        # Beside version 1, version 2 tells systemd when a unit's last process has ended: without it a stop may wait for its timeout.
        words.append("systemd.unified_cgroup_hierarchy=0")
        if (f"{GROUPS}/unified", None) not in all_of:
            words.append("systemd.legacy_systemd_cgroup_controller=1")
    os.execve(words[0], words, {"container": "k8saws", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb"})


# --- the starter ----------------------------------------------------------------------------------------------------


def copy_store():
    """The machine's own copy of the image store: layers and blobs never change and are linked, the rest is copied."""
    target = os.path.join(directory, "containerd")
    if os.path.exists(target):
        return

    def link(source, copy):
        if "/io.containerd.content.v1.content/blobs/" in source or "/snapshots/" in source:
            try:
                os.link(source, copy, follow_symlinks=False)
                return copy
            except OSError:
                pass  # another file system
        return shutil.copy2(source, copy, follow_symlinks=False)

    shutil.copytree(settings["store"], target, symlinks=True, copy_function=link)


def request(**words):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(settings["control"])
        control.sendall(json.dumps(words).encode() + b"\n")
        answer = json.loads(control.makefile().readline())
    if "error" in answer:
        raise RuntimeError(answer["error"])


def show(master):
    with open(os.path.join(directory, "console"), "ab", buffering=0) as console:
        while True:
            try:
                console.write(os.read(master, 65536))
            except OSError:
                return


def main():
    # Its parent ends it politely; when that is killed, the kernel says so.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    all_of = hierarchies()
    copy_store()
    remove_groups(all_of)
    make_groups(all_of)
    master, slave = pty.openpty()
    (plugged, plug), (unshared_seen, unshared) = os.pipe(), os.pipe()
    # Before the next step, after which this process can make no thread.
    threading.Thread(target=show, args=(master,), daemon=True).start()
    checked(libc.unshare(NEWPID), "unshare")
    machine = os.fork()
    if machine == 0:
        try:
            for unused in (master, plug, unshared_seen):
                os.close(unused)
            become_machine(all_of, slave, plugged, unshared)
        except BaseException as error:  # it must not go on as a second starter
            print(f"machine: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(70)

    def end(*_):
        os.kill(machine, signal.SIGKILL)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    # The console's other end stays open: while systemd changes from one to the next nobody else has it.
    for unused in (plugged, unshared):
        os.close(unused)
    status = 1 << 8
    try:
        if os.read(unshared_seen, 1) == b".":
            for interface in settings["interfaces"]:
                request(do="plug", pid=machine, **interface)
            os.write(plug, b".")
            write(os.path.join(directory, "pid.new"), str(machine))
            os.rename(os.path.join(directory, "pid.new"), os.path.join(directory, "pid"))
    except BaseException as error:
        print(f"machine: {error}", file=sys.stderr, flush=True)
        end()
    finally:
        _, status = os.waitpid(machine, 0)
        if os.path.exists(os.path.join(directory, "pid")):
            os.unlink(os.path.join(directory, "pid"))
        remove_groups(all_of)
    print(f"machine: ended, {os.waitstatus_to_exitcode(status)}", flush=True)


main()
