"""`python -m benchmarks.local_cloud`: Marquee's S3 endpoint beside moto's server, same client, same run.

The peer keeps everything in memory (about four times the upload), so it gets a smaller one by default; rates compare.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.local_cloud.servers import marquee, moto
from benchmarks.local_cloud.transfer import Measurement, measure
from benchmarks.local_cloud.whole import peak_memory_mib

_LIMIT_MIB = 300


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.local_cloud", description=__doc__)
    parser.add_argument("--size-mib", type=int, default=2048)
    parser.add_argument("--peer-size-mib", type=int, default=512)
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--folder", type=Path, default=None, help="where the objects are kept meanwhile")
    return parser.parse_args()


def _row(name: str, ours: float, peer: float, unit: str) -> str:
    return f"{name:<28}{ours:>12.1f}{peer:>12.1f}{ours / peer if peer else 0:>10.3f}   {unit}"


def report(ours: Measurement, peer: Measurement) -> str:
    rows = [
        f"{'':<28}{'marquee':>12}{'moto':>12}{'ratio':>10}",
        _row("upload", ours.upload_rate, peer.upload_rate, f"MiB/s ({ours.size_mib} and {peer.size_mib} MiB)"),
        _row("of it: complete", ours.complete_seconds * 1000, peer.complete_seconds * 1000, "ms"),
        _row("ranged read", ours.download_rate, peer.download_rate, "MiB/s"),
        _row("server CPU of the upload", ours.cpu_seconds_per_gib, peer.cpu_seconds_per_gib, "s/GiB"),
        _row("memory before", ours.idle_mib, peer.idle_mib, "MiB"),
        _row("memory peak", ours.peak_mib, peer.peak_mib, "MiB"),
    ]
    return "\n".join(rows)


def main() -> int:
    """0 when the peak of every process stays under the limit."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder, marquee(Path(folder)) as server:
        ours = measure(server, arguments.size_mib, arguments.parallel)
    with moto() as server:
        peer = measure(server, arguments.peer_size_mib, arguments.parallel)
    print(report(ours, peer))
    whole = peak_memory_mib(arguments.size_mib, arguments.folder)
    print("\nthe same upload by the command line through the whole service, peak memory of each process:")
    for name, peak in whole.items():
        print(f"{name:<60}{peak:>8.0f} MiB")
    worst = max(ours.peak_mib, *whole.values())
    print(f"peak under {_LIMIT_MIB} MiB: {'yes' if worst < _LIMIT_MIB else 'NO'}")
    return 0 if worst < _LIMIT_MIB else 1


if __name__ == "__main__":
    raise SystemExit(main())
