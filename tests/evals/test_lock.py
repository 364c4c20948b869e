"""The lock: every version of the constraints, each with a checksum."""

import json
import re

import pytest
from support import ROOT

from evals.lock import locked


def package(name: str, version: str, **hashes: str) -> dict[str, object]:
    return {"metadata": {"name": name, "version": version}, "download_info": {"archive_info": {"hashes": hashes}}}


def test_each_package_is_a_line_with_its_checksum() -> None:
    report = json.dumps(
        {"install": [package("torch", "2.13.0+cpu", sha256="ab"), package("click", "8.1", sha256="cd")]}
    )
    lines = [line for line in locked(report).splitlines() if not line.startswith("#")]
    assert lines == ["click==8.1 --hash=sha256:cd", "torch==2.13.0 --hash=sha256:ab"]


def test_a_package_without_a_checksum_is_refused() -> None:
    with pytest.raises(ValueError, match=r"click 8\.1 has no SHA-256"):
        locked(json.dumps({"install": [package("click", "8.1")]}))


def test_the_lock_that_ships_has_the_versions_of_the_constraints() -> None:
    def versions(file: str) -> set[tuple[str, str]]:
        pins = re.findall(r"^([^#\s=]+)==([^\s+;]+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        return {(re.sub("[-_.]+", "-", name).lower(), version) for name, version in pins}

    assert versions("requirements.lock") == versions("constraints.txt")
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"\S+==\S+ --hash=sha256:[0-9a-f]{64}", line) for line in lines if line[0] != "#")
