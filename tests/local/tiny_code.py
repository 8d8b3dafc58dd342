"""What the tiny app's functions, worker and site are made of."""

import textwrap

FUNCTION = textwrap.dedent(
    """
    import json, os, sys, time

    def handler(event, context):
        do = event.get("do", "echo") if isinstance(event, dict) else "echo"
        return globals()["do_" + do](event, context)

    def do_echo(event, context):
        import shared
        return {"event": event, "word": os.environ.get("WORD"), "shared": shared.NAME, "pid": os.getpid(),
                "token": os.environ.get("TOKEN"),
                "remaining": context.get_remaining_time_in_millis(), "request_id": context.aws_request_id}

    def do_sleep(event, context):
        time.sleep(event["seconds"])

    def do_raise(event, context):
        class Wrong(Exception):
            pass
        raise Wrong("it is wrong")

    def do_exit(event, context):
        os._exit(event["code"])

    def do_large(event, context):
        return "x" * event["bytes"]

    def do_count(event, context):
        with open(event["file"], "a") as file:
            file.write(json.dumps(event) + "\\n")
        if event.get("fail"):
            raise RuntimeError("as told")
        return {"counted": event["file"]}

    def http(event, context):
        if event["rawPath"].endswith("/plain"):
            return {"hello": "there"}
        if event["rawPath"].endswith("/bytes"):
            return {"statusCode": 201, "isBase64Encoded": True, "body": "AP8=", "cookies": ["a=1", "b=2"],
                    "headers": {"content-type": "application/x-thing"}}
        if event["rawPath"].endswith("/broken"):
            raise RuntimeError("broken")
        if event["rawPath"].endswith("/late"):
            time.sleep(30)
        return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}

    def queue(event, context):
        failures = []
        for record in event["Records"]:
            body = json.loads(record["body"])
            with open(os.environ["SEEN"], "a") as file:
                file.write(json.dumps(body) + "\\n")
            if "poison" in json.dumps(body):
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}
    """
)

WORKER = textwrap.dedent(
    """
    import os, signal, sys, time
    order = os.environ.get("ORDER", "0")
    waits = {"wait": lambda *_: sys.exit(143), "stubborn": signal.SIG_IGN}
    if order in waits:
        signal.signal(signal.SIGTERM, waits[order])
    print("worker", order, os.environ["COLOUR"], os.getcwd(), flush=True)
    if order in waits:
        time.sleep(60)
    sys.exit(int(order))
    """
)

SITE_HTML = "<!doctype html><title>tiny</title>" + "<p>text that is repeated</p>" * 60
