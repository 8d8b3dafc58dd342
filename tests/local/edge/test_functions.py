"""The edge runs the app's own JavaScript, bounded, with a key-value store that follows its changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.edge.functions import EdgeFunction, FunctionError
from local.intrinsics import TemplateError
from tests.local.edge.signing import encoded, policy

REVOCATIONS = (Path(__file__).parents[3] / "infra/edge/revocations.js").read_text()
RUNTIME = "cloudfront-js-2.0"
MARK, ENDS = 123, 2_000_000_000
RESOURCE = "https://films.example/media/ast_1/*"
POLICY = policy(RESOURCE, ENDS, DateGreaterThan=MARK)


def request(uri: str = "/media/ast_1/1/main.m3u8", text: bytes = POLICY, **more: Any) -> dict[str, Any]:
    cookies = {"CloudFront-Policy": {"value": encoded(text)}}
    return {"request": {"method": "GET", "uri": uri, "querystring": {}, "headers": {}, "cookies": cookies, **more}}


@pytest.fixture
def guard() -> EdgeFunction:
    return EdgeFunction("guard", REVOCATIONS, RUNTIME)


def passes(guard: EdgeFunction, event: dict[str, Any]) -> bool:
    answer = guard.run(event)
    assert answer == event["request"] or answer["statusCode"] == 403
    return "statusCode" not in answer


def test_a_session_on_no_list_passes(guard: EdgeFunction) -> None:
    assert passes(guard, request())
    assert passes(guard, request(text=policy(RESOURCE, ENDS, DateGreaterThan=MARK, IpAddress="192.0.2.0/24")))
    assert passes(guard, request(text=policy(RESOURCE.replace("*", "1/*"), ENDS, DateGreaterThan=MARK)))


@pytest.mark.parametrize("name", [f"session:{MARK}:{ENDS}:ast_1", f"viewer:{MARK}", "asset:ast_1"])
def test_an_entry_refuses_what_ends_until_its_moment(guard: EdgeFunction, name: str) -> None:
    for until, free in ((ENDS - 1, True), (ENDS, False), (ENDS + 1, False)):
        guard.hold({name: str(until), "viewer:9": str(ENDS), "asset:ast_2": str(ENDS)})
        assert passes(guard, request()) is free
    guard.hold({})
    assert passes(guard, request())


@pytest.mark.parametrize(
    "uri",
    [
        "/media/ast_2/1/main.m3u8",
        "/media/ast_11/main.m3u8",
        "/media/ast_1",
        "/media/ast_1/../ast_2/main.m3u8",
        "/media/ast_1/%2e%2e/ast_2/main.m3u8",
        "/media/ast_1//../x",
        "/media/ast_1\\..\\ast_2",
    ],
)
def test_an_address_outside_the_asset_is_refused(guard: EdgeFunction, uri: str) -> None:
    assert not passes(guard, request(uri))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        policy(RESOURCE, ENDS),  # no mark
        policy("https://*/media/ast_1/*", ENDS, DateGreaterThan=MARK),
        policy("http*://films.example/media/ast_1/*", ENDS, DateGreaterThan=MARK),
        policy("https://films.example/media/*", ENDS, DateGreaterThan=MARK),
        policy("https://films.example/media/ast_?/*", ENDS, DateGreaterThan=MARK),
        POLICY + b" ",
        POLICY.replace(b'{"Resource"', b'{"Resource":"*","Resource"'),
        POLICY.replace(b'"Condition"', b'"Condition":{},"Condition"'),
    ],
)
def test_a_policy_that_is_not_written_as_ours_is_refused(guard: EdgeFunction, text: bytes) -> None:
    assert not passes(guard, request(text=text))


def test_a_signed_address_goes_before_cookies(guard: EdgeFunction) -> None:
    other = policy(RESOURCE.replace("ast_1", "ast_2"), ENDS, DateGreaterThan=MARK)
    in_query = {"Policy": {"value": encoded(other)}}
    assert not passes(guard, request(querystring=in_query))
    assert passes(guard, request("/media/ast_2/x", querystring=in_query))
    assert not passes(guard, request(querystring={"Signature": {"value": "x"}, "Expires": {"value": "1"}}))


def test_a_name_that_comes_twice_is_refused(guard: EdgeFunction) -> None:
    twice = {"value": encoded(POLICY), "multiValue": [{"value": encoded(POLICY)}, {"value": "x"}]}
    assert not passes(guard, request(cookies={"CloudFront-Policy": twice}))


def test_a_function_that_does_not_end_is_ended_and_runs_again() -> None:
    source = "function handler(e) { if (e.request.uri === '/stuck') while (true) {} return e.request; }"
    function = EdgeFunction("stuck", source, RUNTIME)
    with pytest.raises(FunctionError, match="interrupted"):
        function.run(request("/stuck"))
    assert function.run(request())["uri"]


@pytest.mark.parametrize(
    "source",
    [
        "function handler(e) { throw new Error('no'); }",
        "async function handler(e) { await new Promise(() => {}); }",
        "function handler(e) { let s = 'x'; while (true) s += s; }",
        "function handler(e) { return 7; }",
        "function other() {}",
    ],
)
def test_a_function_that_fails_is_told(source: str) -> None:
    with pytest.raises(FunctionError):
        EdgeFunction("wrong", source, RUNTIME).run(request())


def test_a_store_gives_values_and_says_what_it_has_not() -> None:
    source = """
        import cf from 'cloudfront';
        const store = cf.kvs();
        async function handler(event) {
            let missing = 'nothing';
            try { await store.get('b'); } catch (error) { missing = String(error); }
            const parsed = await store.get('a', { format: 'json' });
            return { a: parsed.x, b: await store.exists('b'), missing: missing };
        }
    """
    function = EdgeFunction("store", source, RUNTIME)
    function.hold({"a": '{"x": 1}'})
    assert function.run(request()) == {"a": 1, "b": False, "missing": "Error: KeyNotFound"}


def test_what_cloudfront_would_not_run_stops_the_start() -> None:
    with pytest.raises(TemplateError, match=r"cloudfront-js-1\.0"):
        EdgeFunction("old", "", "cloudfront-js-1.0")
    with pytest.raises(TemplateError, match="larger"):
        EdgeFunction("large", "/" * 10_241, RUNTIME)


def test_what_is_no_javascript_is_told_at_the_first_call() -> None:
    with pytest.raises(FunctionError, match="SyntaxError"):
        EdgeFunction("typo", "functoin handler() {}", RUNTIME).run(request())
