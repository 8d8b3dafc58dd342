"""CloudFront Functions: the template's own JavaScript, run by QuickJS.

The engine has no module loader for hosts, so `import … from 'cloudfront'` becomes a name that stands for the
module; everything else runs as it is written. Values of key-value stores lie in the engine itself: no call leaves
it, and its time can be bounded.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

import quickjs

from local.intrinsics import TemplateError

RUNTIMES = ("cloudfront-js-2.0",)
LARGEST_BYTES = 10 * 1024
# CloudFront gives about a millisecond; this only ends what would never end.
_SECONDS = 1.0
_MEMORY_BYTES = 8 * 1024 * 1024
_MOST_JOBS = 1000  # awaits of one call
_IMPORT = re.compile(r"""^\s*import\s+(\w+)\s+from\s+['"]cloudfront['"];""", re.MULTILINE)

# What the runtime has and QuickJS has not: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/
# functions-javascript-runtime-20.html, and the methods of a key-value store.
_HOST = """
globalThis.__values = {};
globalThis.__cloudfront = {kvs: () => ({
    exists: async (key) => Object.hasOwn(globalThis.__values, key),
    get: async (key, options) => {
        if (!Object.hasOwn(globalThis.__values, key)) throw new Error('KeyNotFound');
        const value = globalThis.__values[key];
        return options && options.format === 'json' ? JSON.parse(value) : value;
    },
})};
if (typeof globalThis.atob !== 'function') {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    globalThis.atob = (text) => {
        const bare = text.replace(/=+$/, '');
        if (bare.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(bare)) throw new Error('InvalidCharacterError');
        let out = '', bits = 0, held = 0;
        for (const letter of bare) {
            held = (held << 6) | letters.indexOf(letter);
            bits += 6;
            if (bits >= 8) { bits -= 8; out += String.fromCharCode((held >> bits) & 255); }
        }
        return out;
    };
}
globalThis.__run = (text) => {
    globalThis.__answer = undefined;
    Promise.resolve(handler(JSON.parse(text))).then(
        (value) => { globalThis.__answer = JSON.stringify({value: value}); },
        (error) => { globalThis.__answer = JSON.stringify({error: String(error)}); });
};
"""

logger = logging.getLogger(__name__)


class FunctionError(Exception):
    """The function raised, did not end, or answered what the edge cannot follow."""


class EdgeFunction:
    """One function. Not for several threads."""

    def __init__(self, name: str, source: str, runtime: str) -> None:
        """Raises TemplateError for what CloudFront, or this machine, would not run."""
        if runtime not in RUNTIMES:
            raise TemplateError(f"the edge function {name} wants {runtime}; here there is {', '.join(RUNTIMES)}")
        if len(source.encode()) > LARGEST_BYTES:
            raise TemplateError(f"the edge function {name} is larger than {LARGEST_BYTES} bytes")
        self.name = name
        self._source = _IMPORT.sub(r"const \1 = globalThis.__cloudfront;", source)
        self._values: Mapping[str, str] = {}
        self._engine: quickjs.Context | None = None

    def hold(self, values: Mapping[str, str]) -> None:
        """The associated store's values from now on."""
        self._values = values
        if self._engine is not None:
            self._fill(self._engine)

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """What the handler answers: a request or a response. Raises FunctionError."""
        engine, self._engine = self._engine, None  # one that fails half-way is not asked again
        try:
            engine = engine or self._start()
            engine.set("__event", json.dumps(event))
            engine.eval("__run(__event)")
            for _ in range(_MOST_JOBS):
                if not engine.execute_pending_job():
                    break
            answer = json.loads(engine.get("__answer") or "{}")
        except (quickjs.JSException, quickjs.StackOverflow, MemoryError) as error:
            raise FunctionError(f"{self.name}: {error}") from error
        if not isinstance(answer.get("value"), dict):
            raise FunctionError(f"{self.name}: {answer.get('error', 'no answer')}")
        self._engine = engine
        found: dict[str, Any] = answer["value"]
        return found

    def _start(self) -> quickjs.Context:
        engine = quickjs.Context()
        engine.set_memory_limit(_MEMORY_BYTES)
        engine.set_time_limit(_SECONDS)
        engine.eval(_HOST)
        engine.eval(self._source)
        self._fill(engine)
        return engine

    def _fill(self, engine: quickjs.Context) -> None:
        engine.set("__text", json.dumps(dict(self._values)))
        engine.eval("globalThis.__values = JSON.parse(__text)")
