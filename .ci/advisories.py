#!/usr/bin/env python3
"""Looks for known vulnerabilities in what is locked, and says so where the advisories cannot be reached.

Ends with 1 only for a vulnerability that was found: without a network nothing is known, which is no failure.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASK = ["uvx", "pip-audit", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]


def asked(lock):
    """What pip-audit knows of each package of this lock; None where it could not ask anybody."""
    try:
        answer = subprocess.run([*ASK, "--requirement", lock], capture_output=True, text=True, check=False)  # noqa: S603
        return json.loads(answer.stdout)["dependencies"]
    except (OSError, ValueError, KeyError):
        return None


def told(lock):
    """Say what is known of this lock; whether a vulnerability is."""
    packages = asked(lock)
    if packages is None:
        print(f"{lock.name}: not audited, since pip-audit cannot be run or cannot reach the advisories")
        return False
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    faults = [(each, fault) for each in packages for fault in each.get("vulns", ())]
    print(f"{lock.name}: {len(packages) - len(unknown)} packages audited, {len(faults)} vulnerabilities known")
    for each, fault in faults:
        print(
            f"  {each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        )
    if unknown:
        print(f"  not audited, since the advisories could not be reached for them: {', '.join(unknown)}")
    return bool(faults)


if __name__ == "__main__":
    found = [told(lock) for lock in sorted(ROOT.glob("requirements*.lock"))]
    sys.exit(any(found))
