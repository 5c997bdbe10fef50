"""Requests to a page: answered once, given up in time, bounded."""

import threading

import pytest

from rtcwidgets import protocol
from rtcwidgets.errors import PageUnreachable, StreamStopped
from rtcwidgets.widgets import requests
from rtcwidgets.widgets.requests import Requests


def done(number, **fields):
    return protocol.Done(client="client-aaaa", seq=0, request=number, **fields)


def test_a_request_gets_the_answer_with_its_number():
    pending = Requests()
    numbers = [pending.ask(lambda number: pending.answer(done(number)), 5).request for _ in range(3)]
    assert numbers == [0, 1, 2]


def test_a_page_that_does_not_answer_is_given_up_in_time():
    with pytest.raises(PageUnreachable, match=r"did not answer within 0\.01 s"):
        Requests().ask(lambda number: None, 0.01)


def test_an_answer_that_comes_too_late_is_passed_over():
    pending = Requests()
    with pytest.raises(PageUnreachable):
        pending.ask(lambda number: None, 0.01)
    pending.answer(done(0))
    pending.answer(done(77))


def test_whoever_waits_hears_why_the_stream_ended():
    pending = Requests()
    reason = StreamStopped("over")
    with pytest.raises(StreamStopped, match="over"):
        pending.ask(lambda number: threading.Thread(target=pending.abandon, args=(reason,)).start(), 5)


def test_the_number_of_requests_that_wait_is_bounded(monkeypatch):
    monkeypatch.setattr(requests, "MAX_PENDING", 1)
    pending = Requests()

    def ask_another(number):
        with pytest.raises(PageUnreachable, match="1 requests wait"):
            pending.ask(lambda number: None, 5)
        pending.answer(done(number))

    assert pending.ask(ask_another, 5).request == 0
