"""What a bench ran on: without it a figure means nothing to others."""
import os
import platform
import re
import subprocess
import tempfile
import time

SYNCS = 500


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def found(pattern, text):
    match = re.search(pattern, text, re.M)
    return match[1].strip() if match else None


def said(*command):
    """The first line that a program says of itself, or None where it is not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


def file_system(folder):
    """The type of the file system that a folder is on: its longest mount point."""
    mounts = [line.split()[1:3] for line in read("/proc/self/mounts").splitlines()]
    real = os.path.realpath(folder)
    fitting = [(point, kind) for point, kind in mounts if (real + "/").startswith(point.rstrip("/") + "/")]
    return max(fitting, key=lambda mount: len(mount[0]))[1] if fitting else None


def syncs(folder, count=SYNCS):
    """Milliseconds of an append of 4 KB made durable: the median, p99 and p99.9, and the most."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(count):
            os.write(file.fileno(), b"\1" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return {f"p{share}": round(times[min(count - 1, int(count * share / 100))], 3) for share in (50, 99, 99.9)}


def postgres_version():
    homes = sorted(os.listdir("/usr/lib/postgresql"), key=float) if os.path.isdir("/usr/lib/postgresql") else []
    return said(f"/usr/lib/postgresql/{homes[-1]}/bin/postgres", "--version") if homes else None


def versions(root):
    listed = {
        "turnpike": said("git", "-C", root, "describe", "--always", "--dirty"),
        "compiler": said("cc", "--version"),
        "sqlite": said("pkg-config", "--modversion", "sqlite3"),
        "libuv": said("pkg-config", "--modversion", "libuv"),
        "simdjson": said("pkg-config", "--modversion", "simdjson"),
        "nginx": said("/usr/sbin/nginx", "-v"),
        "redis": said("redis-server", "--version"),
        "postgresql": postgres_version(),
        "node": said("node", "--version"),
    }
    return {name: re.sub(r" (sha|bits|build|malloc)=\S+", "", version) for name, version in listed.items() if version}


def load_average():
    return round(os.getloadavg()[0], 2)


def describe(root):
    cpu = read("/proc/cpuinfo")
    kilobytes = int(found(r"^MemTotal:\s+(\d+) kB", read("/proc/meminfo")) or 0)
    folder = tempfile.gettempdir()
    return {
        "processor": found(r"^model name\s*: (.*)$", cpu) or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "cache": found(r"^cache size\s*: (.*)$", cpu),
        "memoryGigabytes": round(kilobytes / 1048576, 1),
        "governor": read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip() or None,
        "isVirtual": "hypervisor" in (found(r"^flags\s*: (.*)$", cpu) or "").split(),
        "kernel": f"{platform.system()} {platform.release()}",
        "system": found(r'^PRETTY_NAME="?([^"\n]*)', read("/etc/os-release")),
        "fileSystem": file_system(folder),
        "syncMilliseconds": syncs(folder),
        "loadBefore": load_average(),
        "versions": versions(root),
    }


def slug(machine):
    """A name for files: the processor and the number of its cores."""
    model = re.sub(r"\(R\)|\(TM\)|\bCPU\b|@.*|\d+-Core|Processor", "", machine["processor"], flags=re.I)
    return re.sub(r"[^a-z0-9]+", "-", f"{model} {machine['cores']} cores".lower()).strip("-")
