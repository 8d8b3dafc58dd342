"""Serves AWS by moto until it is ended: `python -m tests.infra.deployment`, which prints its port."""

from __future__ import annotations

from moto.awslambda.models import LayerVersion
from moto.cloudformation import parsing
from moto.events.models import EventBus
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from tests.infra.deployment.stand_ins import model_of

if __name__ == "__main__":
    parsing.resource_class_from_type = model_of
    # without these a reference gives the object itself
    EventBus.physical_resource_id = property(lambda bus: bus.name)
    LayerVersion.physical_resource_id = property(lambda layer: layer.arn)
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    print(server.port, flush=True)
    server.serve_forever()
