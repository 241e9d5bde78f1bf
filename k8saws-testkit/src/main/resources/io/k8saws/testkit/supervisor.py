"""Runs one command and ends it when the JVM that started this script is gone.

Arguments: seconds to wait between asking and killing, log file, command...
The JVM holds the other end of standard input. End of file there means that the JVM has closed the program or has died, even by
SIGKILL, which no shutdown hook survives. The lines "kill", "stop" and "cont" send these signals.
Standard output: the process id of the command, then "exit CODE".
"""

import os
import signal
import subprocess
import sys
import threading

grace = float(sys.argv[1])

# A session of its own: a signal to the JVM's process group must not hit this script before it has cleaned up.
os.setsid()
with open(sys.argv[2], "ab") as log:
    try:
        child = subprocess.Popen(
            sys.argv[3:], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    except OSError as error:
        log.write(f"{error}\n".encode())
        # The JVM reads the log as soon as it sees the next line.
        log.flush()
        print("exit 127", flush=True)
        sys.exit(127)
print(child.pid, flush=True)


def send(number):
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def end(*_):
    # A stopped process does not see SIGTERM.
    send(signal.SIGCONT)
    send(signal.SIGTERM)
    timer = threading.Timer(grace, send, [signal.SIGKILL])
    timer.daemon = True
    timer.start()


def obey():
    signals = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "cont": signal.SIGCONT}
    for line in sys.stdin:
        if line.strip() in signals:
            send(signals[line.strip()])
    end()


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, end)
threading.Thread(target=obey, daemon=True).start()
code = child.wait()
# What the command has left behind in its process group goes with it.
send(signal.SIGKILL)
try:
    print("exit", code, flush=True)
except OSError:
    pass
os._exit(0)
