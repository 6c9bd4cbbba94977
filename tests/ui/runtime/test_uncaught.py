"""What nothing catches is in the log: whoever starts the program by its icon has no terminal."""

import json
import subprocess
import sys
from pathlib import Path

UNCAUGHT = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from wxdesk import logs

def fail():
    raise RuntimeError("access_token=81_abcDEF-_x")

logs.set_up(Path(sys.argv[1]), "INFO")
threading.Thread(target=fail).start()
application = QCoreApplication([])
QTimer.singleShot(0, fail)
QTimer.singleShot(0, application.quit)
application.exec()
fail()
"""


def test_what_nothing_catches_is_written_without_its_secrets(tmp_path: Path) -> None:
    """In a thread, in a slot of the window, and at the end of the program."""
    ran = subprocess.run([sys.executable, "-c", UNCAUGHT, str(tmp_path)], capture_output=True, text=True, check=False)
    records = [json.loads(line) for line in (tmp_path / "logs" / "wxdesk.log").read_text("utf-8").splitlines()]
    assert [(one["level"], one["text"]) for one in records] == [("CRITICAL", "Nothing caught an error")] * 3
    assert all("RuntimeError: access_token=***" in one["trace"] for one in records)
    assert "in fail" in ran.stderr
    assert "81_abc" not in ran.stderr + ran.stdout
    assert ran.returncode == 1
