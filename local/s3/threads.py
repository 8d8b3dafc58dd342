"""The endpoint's own threads.

Not the event loop's default ones: whoever fills those with calls that wait for S3 would wait for ever.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_POOL = ThreadPoolExecutor(max_workers=8, thread_name_prefix="s3")


def start_in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
    """Begin at once; the future may be awaited later."""
    return asyncio.get_running_loop().run_in_executor(_POOL, partial(work, *args, **kwargs))


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run to its end even when the caller is cancelled: a commit is not half made."""
    return await asyncio.shield(start_in_thread(work, *args, **kwargs))
