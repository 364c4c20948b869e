"""Writes `requirements.lock`: the versions of `constraints.txt` with the checksums of their files.

    make lock

pip checks no checksums in a constraints file, and asks for one of every package when it checks any, which an editable
installation of this project has not. So the lock is a file of its own, installed without the project first:

    pip install --require-hashes --no-deps -r requirements.lock
    pip install --no-deps --editable .

The checksums are of the files for one kind of machine (CPython 3.11, Linux, x86-64); others use `constraints.txt`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
_HEAD = (
    "# The versions of constraints.txt with the SHA-256 of each file, for CPython 3.11 on Linux x86-64, torch for the\n"
    "# CPU. Made by `make lock`. Use:\n"
    "# pip install --require-hashes --no-deps -r requirements.lock && pip install --no-deps --editable .\n"
)


def locked(report: str) -> str:
    """The lock.

    Args:
        report: What `pip install --report` wrote: JSON.

    Raises:
        ValueError: A package has no SHA-256.
    """
    lines = []
    for package in json.loads(report)["install"]:
        # Without the name of a build ("+cpu"): the checksum says which one it is.
        name, version = package["metadata"]["name"], package["metadata"]["version"].partition("+")[0]
        digest = package["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256")
        if digest is None:
            message = f"{name} {version} has no SHA-256"
            raise ValueError(message)
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return _HEAD + "".join(sorted(lines, key=str.lower))


@click.command()
def main() -> None:
    """Ask pip which files the constraints lead to, and write their checksums down."""
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
        subprocess.run(  # noqa: S603 - our own interpreter
            [*command, "--report", str(report), "-r", str(ROOT / "constraints.txt")], check=True
        )
        (ROOT / "requirements.lock").write_text(locked(report.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
