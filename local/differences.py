"""The differences between AWS and this machine, each with its reason. Everything else is as the templates say."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from local.references import Platform

ACCESS_KEY = "AKIAMARQUEELOCAL0000"
SECRET_KEY = "marquee-local-not-a-secret-0000000000000"  # noqa: S105  (opens nothing outside 127.0.0.1)


# where people's clients and machines sign in; the issuer, which has a path, stays what tokens say
_SIGN_IN = re.compile(
    r"https://(cognito-idp\.[a-z0-9-]+\.amazonaws\.com|[a-z0-9-]+\.auth\.[a-z0-9-]+\.amazoncognito\.com)"
)


def with_differences(environment: Mapping[str, str], platform: Platform) -> dict[str, str]:
    """A template's environment, as it must be here."""
    changed = dict(environment)
    if "VALKEY_TLS" in changed or "VALKEY_ENDPOINT" in changed:
        changed["VALKEY_TLS"] = "false"  # ElastiCache Serverless speaks only TLS; our Valkey only loopback
    if "SITE_PARAMETER" in changed:
        changed["SECURE_COOKIES"] = "false"  # the edge here speaks no TLS, and clients keep such cookies to themselves
    if changed.get("TMDB_URL") == "local":
        # where the template says so, films of others come from our own server, or by the developer's own token
        changed["TMDB_URL"] = tmdb_url(platform)
    for name, value in environment.items():
        if _SIGN_IN.fullmatch(value):
            changed[name] = platform.aws_endpoint
    return changed


def here(address: str, platform: Platform) -> str:
    """An output's address, without TLS where it is the site's: the edge here speaks none."""
    site = f"127.0.0.1:{platform.edge_port}"
    return address.replace(f"https://{site}", f"http://{site}")


def tmdb_url(platform: Platform) -> str:
    """Of TMDB's API where a template says `local`."""
    return f"http://127.0.0.1:{platform.tmdb_port}/3" if platform.tmdb_token is None else "https://api.themoviedb.org/3"


def outside_origins(platform: Platform) -> dict[str, str]:
    """Servers elsewhere that a distribution may have as its origins, and where they are asked from here."""
    here = f"http://127.0.0.1:{platform.tmdb_port}"
    return {"image.tmdb.org": here if platform.tmdb_token is None else "https://image.tmdb.org"}


def platform_environment(platform: Platform) -> dict[str, str]:
    """What AWS itself puts into every process, plus the one address that leads clients here."""
    return {
        "AWS_REGION": platform.region,
        "AWS_DEFAULT_REGION": platform.region,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL": platform.aws_endpoint,
        # an address and not a name, so that clients put the bucket into the path
        "AWS_ENDPOINT_URL_S3": platform.aws_endpoint,
        # without this, SDKs look for instance credentials when keys are missing, and wait
        "AWS_EC2_METADATA_DISABLED": "true",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "HOME": os.environ.get("HOME", "/"),
        "TMPDIR": os.environ.get("TMPDIR", "/tmp"),  # noqa: S108  (Lambda's and Fargate's own scratch folder)
    }


def own_layers(layers: Iterable[Path]) -> list[Path]:
    """The import roots of layers that hold our own code.

    Layers of installed distributions are built for Lambda's processor and Python; the environment that runs this
    cloud has the same versions from the same lock.
    """
    roots = (layer / "python" for layer in layers)
    return [root for root in roots if root.is_dir() and not any(root.glob("*.dist-info"))]


def local_argv(entry: Iterable[str]) -> list[str]:
    """A container's entry with its Python replaced by ours, which has the image's packages."""
    first, *rest = entry
    if PurePosixPath(first).name.startswith("python"):
        first = sys.executable
    return [first, *rest]


class ImageRoot:
    """Maps an image's working directory to the build context that is copied into it."""

    def __init__(self, working_directory: str, context: Path) -> None:
        self._inside = working_directory.rstrip("/") or "/"
        self.context = context

    def outside(self, text: str) -> str:
        """A path, or a `:`-separated list of paths, inside the image as it is on this machine."""
        if self._inside == "/":
            return text
        return ":".join(self._one(part) for part in text.split(":"))

    def _one(self, part: str) -> str:
        inside = part == self._inside or part.startswith(self._inside + "/")
        return str(self.context) + part[len(self._inside) :] if inside else part
