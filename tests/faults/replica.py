"""A streaming replica of a server, which has applied whatever the server says is committed."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import OWNER, Cluster, Process, of

_NAME = "replica"
_PATIENCE_S = 60.0


@contextmanager
def replica(of_cluster: Cluster, folder: Path) -> Iterator[Cluster]:
    """Give a synchronous standby that lives in an empty folder."""
    primary = of_cluster.process
    assert primary is not None
    folder.chmod(0o755)
    if "user" in primary.options:
        shutil.chown(folder, primary.options["user"], primary.options["group"])
    source = f"host={primary.folder} user={OWNER} application_name={_NAME}"
    subprocess.run(
        [
            str(primary.programs / "pg_basebackup"),
            *("-D", str(folder / "data"), "-d", source, "--wal-method=stream"),
            *("--checkpoint=fast", "--no-sync", "--write-recovery-conf"),
        ],
        check=True,
        capture_output=True,
        **primary.options,
    )
    process = Process(primary.programs, folder, primary.settings, **primary.options)
    process.start()
    try:
        # Of this server alone: the copy was made before, and will be nobody's primary once it is
        # one itself.
        of_cluster.run(
            f"ALTER SYSTEM SET synchronous_standby_names = '{_NAME}'", "SELECT pg_reload_conf()"
        )
        _await_synchronous(of_cluster)
        yield of(process)
    finally:
        process.stop()


def _await_synchronous(cluster: Cluster) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    with cluster.connected() as connection:
        while True:
            found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchone()
            if found == ("sync",):
                return
            assert time.monotonic() < deadline, f"the replica does not follow: {found}"
            time.sleep(0.02)
