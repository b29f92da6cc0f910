#!/usr/bin/env python3
"""Tries changes of one line that tests should notice: each of changes.json alone, on a copy of the last commit.

    python3 tests/mutants/try.py             all of them, about half a minute to two minutes each
    python3 tests/mutants/try.py dropout     those whose name has the word

A change is caught where it builds and its tests fail or never end. Exits 1 where any survives or does not build.
The copy and what is built of it lie in target/mutants.
"""

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "mutants" / "copy"
SECONDS = 900


def run(command, **kwargs):
    return subprocess.run(command, cwd=COPY, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs)


def copy_of_the_last_commit():
    """Brings the copy up to the last commit; what has not changed is not touched, so that only the rest is built again."""
    COPY.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
    for path in [path for path in COPY.rglob("*") if path.is_file()]:
        if str(path.relative_to(COPY)) not in files:
            path.unlink()
    for name, content in files.items():
        path = COPY / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def attempt(change):
    path = COPY / change["file"]
    text = path.read_text()
    if text.count(change["from"]) != 1:
        return "NOT FOUND"
    path.write_text(text.replace(change["from"], change["to"]))
    target = ["--target-dir", str(COPY.parent / "build")]
    cargo = ["cargo", "test", "--release", "--all-features", *target]
    try:
        what, which = parts(change["tests"])
        built = run([*cargo, "--no-run", *what])
        if built.returncode != 0:
            return "DOES NOT BUILD"
        tested = run([*cargo, *what, "--", *which], timeout=SECONDS)
        return "SURVIVED" if tested.returncode == 0 else "caught"
    except subprocess.TimeoutExpired:
        return "caught"
    finally:
        path.write_text(text)


def parts(tests):
    """What is built, and which of its tests are run."""
    words = tests.split()
    n = 1 if words[0] == "--lib" else 2
    return words[:n], words[n:]


def main():
    changes = json.loads((Path(__file__).parent / "changes.json").read_text())
    wanted = [c for c in changes if all(word in c["name"] for word in sys.argv[1:])]
    copy_of_the_last_commit()
    results = []
    for change in wanted:
        results.append(attempt(change))
        print(f"{results[-1]:14} {change['name']}  ({change['file']}; {change['tests']})", flush=True)
    n_caught = results.count("caught")
    print(f"{n_caught} of {len(wanted)} caught")
    sys.exit(n_caught != len(wanted))


main()
