"""Reads Lambda functions and task definitions as processes: what to run, where, with which environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.assembly import Assembly
from local.differences import ImageRoot, local_argv, own_layers, platform_environment, with_differences
from local.intrinsics import TemplateError
from local.model import Container, Function, TaskDefinition
from local.references import Platform
from local.resources import Resource

# how a template says that a function is to give way to all others
BACKGROUND = {"Key": "marquee:priority", "Value": "background"}
_RUNTIME_CLIENT = (sys.executable, "-m", "awslambdaric")


def read_function(
    resource: Resource, arn: str, assembly: Assembly, layers: Mapping[str, Path], platform: Platform
) -> Function:
    """`layers` maps layer ARNs to their folders."""
    properties = resource.properties
    variables = {k: str(v) for k, v in properties.get("Environment", {}).get("Variables", {}).items()}
    memory_mib = int(properties.get("MemorySize", 128))
    environment = {
        **platform_environment(platform),
        "AWS_LAMBDA_FUNCTION_NAME": resource.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mib),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{resource.name}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "PYTHONUNBUFFERED": "1",
        **with_differences(variables, platform),
    }
    image = "ImageUri" in properties["Code"]
    run = _image_function(properties, assembly) if image else _zip_function(properties, assembly, layers)
    return Function(
        name=resource.name,
        arn=arn,
        argv=run.argv,
        directory=run.directory,
        environment={**environment, **run.environment(environment)},
        handler=run.handler,
        timeout_seconds=int(properties.get("Timeout", 3)),
        memory_mib=memory_mib,
        reserved_concurrency=properties.get("ReservedConcurrentExecutions"),
        heavy=image,
        background=image and BACKGROUND in properties.get("Tags", ()),
    )


class _Run:
    """How a package is run: `root` maps paths inside an image to this machine."""

    def __init__(
        self, argv: tuple[str, ...], directory: Path, handler: str, python_path: str, root: ImageRoot | None
    ) -> None:
        self.argv = argv
        self.directory = directory
        self.handler = handler
        self._python_path = python_path
        self._root = root

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        own = {"_HANDLER": self.handler, "LAMBDA_TASK_ROOT": str(self.directory)}
        if self._root is not None:
            return {**own, **inside_image(given, self._root)}
        return {**own, "PYTHONPATH": ":".join(filter(None, (self._python_path, given.get("PYTHONPATH", ""))))}


def inside_image(environment: Mapping[str, str], root: ImageRoot) -> dict[str, str]:
    """The variables that name paths in the image, as paths on this machine."""
    outside = {name: root.outside(value) for name, value in environment.items() if "://" not in value}
    return {name: value for name, value in outside.items() if value != environment[name]}


def _zip_function(properties: Mapping[str, Any], assembly: Assembly, layers: Mapping[str, Path]) -> _Run:
    code = properties["Code"]
    handler = properties.get("Handler", "")
    if "ZipFile" in code:
        # CDK's own providers; nothing here calls them
        return _Run((*_RUNTIME_CLIENT, handler), Path.cwd(), handler, "", None)
    directory = assembly.asset(code["S3Key"]).path
    folders = [layers[arn] for arn in properties.get("Layers", ()) if arn in layers]
    path = ":".join(str(folder) for folder in (directory, *own_layers(folders)))
    return _Run((*_RUNTIME_CLIENT, handler), directory, handler, path, None)


def _image_function(properties: Mapping[str, Any], assembly: Assembly) -> _Run:
    config = properties.get("ImageConfig", {})
    entry, command = config.get("EntryPoint"), config.get("Command")
    if not entry or not command:
        raise TemplateError("an image function needs EntryPoint and Command in its ImageConfig to run here")
    context = assembly.asset(properties["Code"]["ImageUri"]).path
    root = ImageRoot(config.get("WorkingDirectory", "/"), context)
    argv = [root.outside(word) for word in (*entry, *command)]
    return _Run(tuple(local_argv(argv)), context, command[0], "", root)


def read_task_definition(resource: Resource, arn: str, assembly: Assembly, platform: Platform) -> TaskDefinition:
    containers = resource.properties.get("ContainerDefinitions", ())
    return TaskDefinition(
        family=resource.name,
        arn=arn,
        containers=tuple(_container(properties, assembly, platform) for properties in containers),
        cpu=str(resource.properties.get("Cpu", "256")),
        memory=str(resource.properties.get("Memory", "512")),
    )


def _log_group(properties: Mapping[str, Any]) -> str:
    options = properties.get("LogConfiguration", {}).get("Options", {})
    return str(options.get("awslogs-group", "")).strip("/").replace("/", "-")  # a file's name here


def _container(properties: Mapping[str, Any], assembly: Assembly, platform: Platform) -> Container:
    entry = properties.get("EntryPoint")
    if not entry:
        raise TemplateError(f"the container {properties['Name']} needs an EntryPoint in its definition to run here")
    context = assembly.asset(properties["Image"]).path
    root = ImageRoot(properties.get("WorkingDirectory", "/"), context)
    variables = {item["Name"]: str(item["Value"]) for item in properties.get("Environment", ())}
    variables = with_differences(variables, platform)
    return Container(
        name=properties["Name"],
        entry=tuple(local_argv(root.outside(word) for word in entry)),
        command=tuple(root.outside(word) for word in properties.get("Command", ())),
        directory=context,
        environment={
            **platform_environment(platform),
            "PYTHONUNBUFFERED": "1",
            **variables,
            **inside_image(variables, root),
        },
        secrets={item["Name"]: item["ValueFrom"] for item in properties.get("Secrets", ())},
        essential=bool(properties.get("Essential", True)),
        stop_seconds=int(properties.get("StopTimeout", 30)),
        log_group=_log_group(properties),
    )
