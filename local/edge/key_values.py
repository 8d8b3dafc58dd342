"""CloudFront's key-value stores: the data plane's API, kept in the state folder, read by edge functions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiohttp import web

# CloudFront's limits, in bytes
_LARGEST_KEY = 512
_LARGEST_VALUE = 1024
_LARGEST_STORE = 5 * 1024 * 1024
_PAGE = 10
_LARGEST_PAGE = 50
_PATH = re.compile(r"/key-value-stores/([^/]+)(/keys)?(?:/([^/]+))?")


class KeyValueError(Exception):
    """Refused, as CloudFront refuses."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class KeyValueStore:
    """One store. `version` is its ETag: whoever changes it names the version that he has seen."""

    def __init__(self, arn: str, path: Path) -> None:
        self.arn = arn
        self._path = path
        kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"version": 1, "values": {}}
        self.version: int = kept["version"]
        self.values: dict[str, str] = kept["values"]
        self._watchers: list[Callable[[Mapping[str, str]], None]] = []

    def watch(self, watcher: Callable[[Mapping[str, str]], None]) -> None:
        """`watcher` is given all values now, and after every change."""
        self._watchers.append(watcher)
        watcher(self.values)

    def change(self, seen: str | None, puts: Mapping[str, str], deletes: list[str]) -> None:
        """All of it or nothing. Raises KeyValueError."""
        if seen is None:
            raise KeyValueError(400, "ValidationException", "If-Match is missing")
        if seen.strip('"') != str(self.version):
            raise KeyValueError(409, "ConflictException", "the store has changed since")
        missing = [key for key in deletes if key not in self.values]
        if missing:
            raise KeyValueError(404, "ResourceNotFoundException", f"there is no key {missing[0]}")
        _check(puts)
        values = {key: value for key, value in self.values.items() if key not in deletes} | dict(puts)
        if size_of(values) > _LARGEST_STORE:
            raise KeyValueError(402, "ServiceQuotaExceededException", "the store is full")
        self._keep(values)

    def _keep(self, values: dict[str, str]) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({"version": self.version + 1, "values": values}))
        new.replace(self._path)
        self.version, self.values = self.version + 1, values
        for watcher in self._watchers:
            watcher(values)


def size_of(values: Mapping[str, str]) -> int:
    return sum(len(key.encode()) + len(value.encode()) for key, value in values.items())


def _check(puts: Mapping[str, str]) -> None:
    for key, value in puts.items():
        if not 0 < len(key.encode()) <= _LARGEST_KEY or len(value.encode()) > _LARGEST_VALUE:
            raise KeyValueError(400, "ValidationException", f"{key[:50]} or its value is too long")


class KeyValueStores:
    """All stores of an app, by ARN, each a file in `folder`."""

    def __init__(self, arns: tuple[str, ...], folder: Path) -> None:
        if arns:
            folder.mkdir(parents=True, exist_ok=True)
        self._stores = {arn: KeyValueStore(arn, folder / f"{arn.rpartition('/')[2]}.json") for arn in arns}

    def __getitem__(self, arn: str) -> KeyValueStore:
        return self._stores[arn]

    def answer(self, request: web.Request, body: bytes) -> web.Response:
        """One call of the API; its signature is not looked at."""
        try:
            return self._answer(request, body)
        except KeyValueError as error:
            return web.json_response(
                {"Message": str(error)}, status=error.status, headers={"X-Amzn-ErrorType": error.code}
            )

    def _answer(self, request: web.Request, body: bytes) -> web.Response:
        found = _PATH.fullmatch(request.rel_url.raw_path)
        store = self._stores.get(unquote(found[1])) if found else None
        if found is None or store is None:
            raise KeyValueError(404, "ResourceNotFoundException", "there is no such key value store")
        content = json.loads(body) if body else {}
        seen = request.headers.get("If-Match")
        key = unquote(found[3]) if found[3] else None
        match request.method, found[2] is not None, key:
            case "GET", False, None:
                pass
            case "GET", True, None:
                return web.json_response(_page(store, request.query))
            case "GET", True, str(name):
                return web.json_response(_item(store, name) | _sizes(store))
            case "PUT", True, str(name):
                store.change(seen, {name: content["Value"]}, [])
            case "DELETE", True, str(name):
                store.change(seen, {}, [name])
            case "POST", True, None:
                puts = {put["Key"]: put["Value"] for put in content.get("Puts", ())}
                store.change(seen, puts, [gone["Key"] for gone in content.get("Deletes", ())])
            case _:
                raise KeyValueError(405, "ValidationException", "there is no such operation")
        answer = {**_sizes(store), "KvsARN": store.arn, "Status": "READY"}
        return web.json_response(answer, headers={"ETag": str(store.version)})


def _sizes(store: KeyValueStore) -> dict[str, Any]:
    return {"ItemCount": len(store.values), "TotalSizeInBytes": size_of(store.values)}


def _item(store: KeyValueStore, key: str) -> dict[str, Any]:
    if key not in store.values:
        raise KeyValueError(404, "ResourceNotFoundException", f"there is no key {key}")
    return {"Key": key, "Value": store.values[key]}


def _page(store: KeyValueStore, query: Mapping[str, str]) -> dict[str, Any]:
    count = min(_LARGEST_PAGE, max(1, int(query.get("MaxResults", _PAGE))))
    after = query.get("NextToken", "")
    keys = sorted(key for key in store.values if key > after)
    page = {"Items": [_item(store, key) for key in keys[:count]]}
    return page if len(keys) <= count else {**page, "NextToken": keys[count - 1]}
