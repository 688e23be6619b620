"""Lines of what happens with every decision: together, in order, and never at a request's expense."""

import asyncio
import io

import msgspec
import pytest

from breather.logs import lines_to


class Said(msgspec.Struct):
    event: str


class Stream(io.BytesIO):
    """Counts what is written; `full` refuses it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.full = False

    def write(self, data: bytes) -> int:  # type: ignore[override]  # narrower than any buffer: enough here
        if self.full:
            raise OSError(28, "No space left on device")
        self.writes += 1
        return super().write(data)


def test_the_lines_of_one_round_are_written_together_and_in_order() -> None:
    to = Stream()

    async def run() -> None:
        line = lines_to(to)
        for event in "abc":
            line(Said(event))
        await asyncio.sleep(0)
        assert to.writes == 1
        line(Said("d"))
        await asyncio.sleep(0)

    asyncio.run(run())
    assert to.writes == 2
    assert to.getvalue() == b'{"event":"a"}\n{"event":"b"}\n{"event":"c"}\n{"event":"d"}\n'


@pytest.mark.parametrize("lost", [1, 3])
def test_a_log_that_cannot_be_written_fails_nobody_and_is_tried_again(lost: int) -> None:
    to = Stream()

    async def run() -> None:
        told: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        line = lines_to(to)
        to.full = True
        for _ in range(lost):
            line(Said("lost"))
        await asyncio.sleep(0)
        to.full = False
        line(Said("kept"))
        await asyncio.sleep(0)
        assert len(told) == 1

    asyncio.run(run())
    assert to.getvalue() == b'{"event":"kept"}\n'
