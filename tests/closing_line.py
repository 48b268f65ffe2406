"""The seed at the beginning and, where `make test` asks for it, one line of JSON after everything else."""

from __future__ import annotations

import json
import os
import time

import pytest

#: Set by `make test`.
ASKED_FOR = "LENDERVOTE_TEST_FIGURES"


class ClosingLine:
    """Counts every test once: a failed fixture and a file that cannot be read are failures too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._began = time.monotonic()
        self._outcomes: dict[str, str] = {}
        self._exit_status = 0

    def pytest_sessionstart(self) -> None:
        """Before the first test, for whoever looks at a run that never ends."""
        seed = self._config.getoption("randomly_seed", None)
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if isinstance(seed, int) and terminal is not None:
            terminal.write_line(f"the order of the tests: --randomly-seed={seed}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or self._outcomes.get(report.nodeid) != "failed":
            self._outcomes[report.nodeid] = report.outcome

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._outcomes[report.nodeid] = report.outcome

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._exit_status = int(exitstatus)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        if os.environ.get(ASKED_FOR):
            print(json.dumps(self.figures()))

    def figures(self) -> dict[str, int]:
        """How many tests ran, failed, and seconds; a run that ended badly without a failed test counts one."""
        failed = sum(outcome == "failed" for outcome in self._outcomes.values())
        return {
            "tests": len(self._outcomes),
            "failed": max(failed, int(self._exit_status != pytest.ExitCode.OK)),
            "seconds": round(time.monotonic() - self._began),
        }
