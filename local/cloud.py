"""The local cloud, composed: loads the assembly, starts everything in order, stops it cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
from collections.abc import Mapping
from typing import Any

from local import gateway
from local.assembly import load_assembly
from local.authorizer import TokenCheck
from local.control_plane import ControlPlane, EngineServices, start_moto
from local.custom_resources import CustomResources, with_custom_resources
from local.deployments import deploy
from local.differences import ACCESS_KEY, SECRET_KEY
from local.edge import compose_edge
from local.edge.key_values import KeyValueStores
from local.events import Queues
from local.front import MAX_BODY_BYTES, Front
from local.functions.aliases import FunctionAliases
from local.functions.published import PublishedFunctions
from local.functions.service import LambdaService
from local.gateway import HttpApiServer
from local.housekeeping import apply_lifecycles
from local.identity import IdentityService
from local.listeners import listen
from local.log_service import LogService
from local.logs import logging_to
from local.machine_releases import MachineReleases
from local.model import Schedule, System
from local.options import Options
from local.processes import Supervisor
from local.s3 import SERVER_OPTIONS, S3Endpoint, S3Store
from local.schedules import Schedules
from local.secrets import keep_values, read_reference, secret_values
from local.slots import ComputeSlots
from local.stacks import StackDescriptions
from local.state import StateFolder
from local.stores import start_stores
from local.system import build_system
from local.tasks import TaskService
from local.tmdb import MAX_FAULTS_BYTES, TOKEN, TmdbServer
from local.triggers import run_triggers
from local.warden import Warden
from local.warming import warm_first

__all__ = ["LocalCloud", "Options"]

logger = logging.getLogger(__name__)


class LocalCloud:
    """`async with LocalCloud(options) as cloud:` — inside, everything serves.

    Enter it in the main thread: children are tied to the thread that starts them. Raises AssemblyError,
    UnknownResourcesError, TemplateError, CustomResourceError, StateInUseError, PortTakenError, ChildError and the
    database's EngineError, each with a sentence for the user.
    """

    system: System
    functions: LambdaService
    tasks: TaskService
    store: S3Store
    supervisor: Supervisor
    queues: Queues
    control: ControlPlane
    identity: IdentityService
    tmdb: TmdbServer

    def __init__(self, options: Options) -> None:
        self.options = options
        self.platform = options.platform
        self._stack = contextlib.AsyncExitStack()
        self._secrets: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.options.port}"

    @property
    def aws_url(self) -> str:
        return self.platform.aws_endpoint

    async def __aenter__(self) -> LocalCloud:
        async with contextlib.AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        """Each part is stopped in the reverse order, also when a later one fails to start."""
        progress = self.options.progress
        progress("Reading the assembly")
        assembly = await asyncio.to_thread(load_assembly, self.options.assembly_dir, self.options.environment)
        self.system = build_system(assembly, self.platform)
        state = stack.enter_context(StateFolder(self.options.state_dir))
        self._key_values = KeyValueStores(self.system.key_value_stores, state.key_values)
        stack.enter_context(logging_to(state.log / "cloud.log"))
        warden = stack.enter_context(Warden())
        await self._start_object_store(stack, state)
        await self._start_compute(stack, state, warden)
        await self._start_front(stack, state)
        await self._start_tmdb(stack)
        await self._start_stores(stack, state, warden)
        progress("Creating queues, secrets and state machines")
        self.control = ControlPlane(self.platform)
        await asyncio.to_thread(self.control.provision, self.system, self._secrets)
        progress("Migrating the database")
        await run_triggers(self.functions, self.system.triggers)
        await asyncio.to_thread(self.identity.provision, self.system.user_pools)
        await self._make_custom_resources(state)
        progress("Publishing the site")
        for deployment in self.system.deployments:
            await asyncio.to_thread(deploy, deployment, self.store)
        await asyncio.to_thread(self.options.before_serving, self.identity.demo_users)
        await self._start_edge(stack)
        await self._start_events(stack)
        self._keep_house(stack)
        stack.push_async_callback(self._stop_work)
        progress("Ready")

    async def _make_custom_resources(self, state: StateFolder) -> None:
        """What the app's own functions make when it is deployed; the rest of the system is told the answers."""
        if not self.system.custom_resources:
            return
        custom = CustomResources(self.functions, state.custom_resources)
        answers = await custom.make(self.system.custom_resources)
        self._secrets |= await asyncio.to_thread(self.control.read_secrets, self.system)
        keep_values(self._secrets, self.system, state.secrets)
        self.system = with_custom_resources(self.system, answers)
        await asyncio.to_thread(self.control.put_parameters, self.system)

    async def _stop_work(self) -> None:
        """State machines first: they would take the end of what they call for the film's failure.

        Then those who work, so that nobody waits for the connections that they hold.
        """
        self._engine.close()
        await self.tasks.close()
        await self.functions.close()

    async def _start_object_store(self, stack: contextlib.AsyncExitStack, state: StateFolder) -> None:
        self.store = await asyncio.to_thread(S3Store, state.objects)
        stack.callback(self.store.close)
        for bucket in self.system.buckets:
            self.store.create_bucket(
                bucket.name, cors=bucket.cors, notifications=bucket.notifications, lifecycle=bucket.lifecycle
            )

    async def _start_compute(self, stack: contextlib.AsyncExitStack, state: StateFolder, warden: Warden) -> None:
        slots = ComputeSlots(self.options.slots)
        self._published = PublishedFunctions(self.system.functions, self.platform, state.releases)
        await asyncio.to_thread(self._published.deploy, self.system.function_versions, self.system.function_aliases)
        self.functions = LambdaService(
            self._published,
            log_directory=state.log,
            slots=slots,
            warden=warden,
            read_secret=lambda reference: read_reference(self._secrets, reference),
        )
        self.tasks = TaskService(
            self.system.task_definitions,
            log_directory=state.log,
            slots=slots,
            read_secret=lambda arn: self._secrets[arn],
            warden=warden,
        )
        await self.functions.start()
        stack.push_async_callback(self.functions.close)
        stack.push_async_callback(self.tasks.close)

    async def _start_front(self, stack: contextlib.AsyncExitStack, state: StateFolder) -> None:
        """Opens the ports first: a taken one is told before anything else is started."""
        self.options.progress("Starting the control plane")
        self._engine = EngineServices(self.functions, self.tasks)
        moto = await asyncio.to_thread(start_moto, self._engine, self.platform.aws_port)
        stack.callback(moto.close)
        self.identity = IdentityService(moto, self.platform, state.identity)
        stack.callback(self.identity.close)
        self._endpoint = S3Endpoint(
            self.store, {ACCESS_KEY: SECRET_KEY}, self.platform.region, on_event=self._on_object_event
        )
        machines = MachineReleases(self.system.state_machines, state.releases)
        machines.install()
        front = Front(
            objects=self._endpoint.handle,
            functions=self.functions,
            tasks=self.tasks,
            others=moto,
            on_sent=lambda queue, delay: self.queues.sent(queue, delay),
            on_published=lambda: self.queues.wake_all(),
            key_values=self._key_values,
            identity=self.identity.answer,
            stacks=StackDescriptions(self.system.outputs, self.platform),
            logs=LogService(state.log, self.platform),
            aliases=FunctionAliases(self._published.releases, f"{self.platform.arn('lambda')}:function:"),
            machines=machines,
        )
        runner = await listen(
            front.handle, self.platform.aws_port, purpose="AWS", client_max_size=MAX_BODY_BYTES, **SERVER_OPTIONS
        )
        stack.push_async_callback(runner.cleanup)

    async def _start_tmdb(self, stack: contextlib.AsyncExitStack) -> None:
        if self.system.tmdb_secrets and self.platform.tmdb_token is None:
            self.tmdb = TmdbServer()
            runner = await listen(
                self.tmdb.handle, self.platform.tmdb_port, purpose="TMDB", client_max_size=MAX_FAULTS_BYTES
            )
            stack.push_async_callback(runner.cleanup)

    async def _start_stores(self, stack: contextlib.AsyncExitStack, state: StateFolder, warden: Warden) -> None:
        self.supervisor = await stack.enter_async_context(Supervisor(warden))
        uri = await start_stores(self.system, self.platform, state, self.supervisor, self.options.progress)
        token = json.dumps({"token": self.platform.tmdb_token or TOKEN})
        given = dict.fromkeys(self.system.tmdb_secrets, token)
        self._secrets = secret_values(self.system, uri, state.secrets, given)

    async def _start_edge(self, stack: contextlib.AsyncExitStack) -> None:
        tokens = TokenCheck(self.identity.keys)
        account, apis = self.platform.account, self.system.apis
        servers = {api.id: HttpApiServer(api, self.functions, account, tokens) for api in apis}
        for distribution in self.system.distributions[:1]:
            edge = compose_edge(
                distribution,
                self.system,
                self.platform,
                store=self.store,
                apis=servers,
                key_values=self._key_values,
                read_secret=functools.partial(read_reference, self._secrets),
            )
            runner = await listen(
                edge.handle,
                self.platform.edge_port,
                purpose="site",
                client_max_size=gateway.MAX_BODY_BYTES,
                auto_decompress=False,  # what is packed arrives as it was sent
            )
            stack.push_async_callback(runner.cleanup)

    async def _start_events(self, stack: contextlib.AsyncExitStack) -> None:
        sqs = await asyncio.to_thread(self.control.client, "sqs")
        self.queues = Queues(self.system.event_sources, self.system.queues, self.functions, sqs)
        self.queues.start()
        stack.push_async_callback(self.queues.close)
        await self._endpoint.start()
        stack.push_async_callback(self._endpoint.stop)
        schedules = Schedules(self.system.schedules, self._fire)
        schedules.start()
        stack.push_async_callback(schedules.close)

    def _keep_house(self, stack: contextlib.AsyncExitStack) -> None:
        work = [asyncio.create_task(apply_lifecycles(self.store), name="lifecycle")]
        if self.options.warm:
            work.append(asyncio.create_task(self.functions.warm(warm_first(self.system)), name="warm"))

        async def stop() -> None:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

        stack.push_async_callback(stop)

    async def _on_object_event(self, queue_arn: str, message: Mapping[str, Any]) -> None:
        await self.queues.send(queue_arn, message)

    def _fire(self, schedule: Schedule) -> None:
        self.functions.invoke_event(schedule.function_arn, schedule.input.encode())
