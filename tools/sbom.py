#!/usr/bin/env python3
"""Lists what the built program is made of: Debian's packages that it is linked with or loads, and npm's that its
pages and lists come from; as CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/). Of the same program on the same
system it writes the same bytes.

    tools/sbom.py BUILD > turnpike.cdx.json
"""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCKS = ["ui/package-lock.json", "tools/passwords/package-lock.json"]
COMPILED = ["node-llhttp"]  # whose C sources are built into the program
LOADED = re.compile(r'"(lib[\w.+-]+\.so\.\d+)"')  # by dlopen(3), in our sources


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def linked(program):
    """Files of the libraries that the program needs before it starts."""
    return sorted(re.findall(r"=> (/\S+)", run("ldd", program)))


def loaded():
    """Files of the libraries that it loads when they are first needed, as far as they are installed."""
    names = set()
    for folder, _, files in os.walk(os.path.join(ROOT, "src")):
        for file in files:
            if file.endswith((".c", ".h")) and not file.endswith("_test.c"):
                with open(os.path.join(folder, file), encoding="utf-8") as text:
                    names.update(LOADED.findall(text.read()))
    cache = dict(re.findall(r"^\s+(\S+) \(.*\) => (\S+)$", run("/sbin/ldconfig", "-p"), re.M))
    return sorted(cache[name] for name in names if name in cache)


def candidates(path):
    """Libraries are listed under /lib or under /usr/lib, which are one."""
    real = os.path.realpath(path)
    return {path, real, real.removeprefix("/usr"), "/usr" + path}


def packages_of(paths):
    """Debian's packages that the files are from, by file."""
    asked = {candidate: path for path in paths for candidate in candidates(path)}
    lines = subprocess.run(["dpkg", "-S", *sorted(asked)], capture_output=True, text=True, check=False).stdout.splitlines()
    found = {asked[file]: names.split(":")[0] for names, _, file in (line.rpartition(": ") for line in lines) if file in asked}
    missing = sorted(set(paths) - set(found))
    if missing:
        raise SystemExit(f"sbom: of no package: {', '.join(missing)}")
    return found


def debian(names):
    text = run("dpkg-query", "-W", "-f", "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\n", *names)
    for name, version, architecture, source in sorted(line.split("\t") for line in text.splitlines()):
        purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"
        yield {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
               "properties": [{"name": "debian:source", "value": source}]}


def npm(lock):
    """What is delivered; what only builds is not a part of the program."""
    with open(os.path.join(ROOT, lock), encoding="utf-8") as file:
        packages = json.load(file)["packages"]
    for path, entry in packages.items():
        if path == "" or entry.get("dev") or entry.get("optional"):
            continue
        name = path.split("node_modules/")[-1]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl}
        algorithm, _, digest = entry.get("integrity", "").partition("-")
        if algorithm == "sha512":
            component["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
        if isinstance(entry.get("license"), str):
            component["licenses"] = [{"expression": entry["license"]}]
        yield component


def version():
    with open(os.path.join(ROOT, "meson.build"), encoding="utf-8") as file:
        return re.search(r"version: '([^']+)'", file.read()).group(1)


def bill(program):
    files = {path for first in [program, *loaded()] for path in [first, *linked(first)] if path != program}
    packages = set(packages_of(files).values()) | set(COMPILED)
    components = list(debian(packages)) + [part for lock in LOCKS for part in npm(lock)]
    with open(program, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    own = {"type": "application", "bom-ref": "turnpike", "name": "turnpike", "version": version(),
           "hashes": [{"alg": "SHA-256", "content": digest}]}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": components,
        "dependencies": [{"ref": "turnpike", "dependsOn": [part["bom-ref"] for part in components]}],
    }
    name = json.dumps(document, sort_keys=True)
    return {**document, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    json.dump(bill(os.path.join(sys.argv[1], "turnpike")), sys.stdout, indent=2)
    print()
