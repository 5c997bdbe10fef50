"""Reports: events in a thread of the widget's own, bounded, guarded, in order."""

import threading

from rtcwidgets.widgets.reports import MAX_PENDING, Event, EventThread, GuardedObserver


class Deliveries:
    """An observer that can be held up."""

    def __init__(self):
        self.seen = []
        self.go_on = threading.Event()
        self.entered = threading.Event()
        self.all_there = threading.Event()

    def __call__(self, event):
        self.entered.set()
        assert self.go_on.wait(5)
        self.seen.append(event)
        if event.new == "last":
            self.all_there.set()


def put_behind_a_slow_observer(deliveries, events, coalesce):
    thread = EventThread(deliveries, "test")
    thread.put(Event("begin", None, 0), coalesce=False)
    assert deliveries.entered.wait(5)
    for event in events:
        thread.put(event, coalesce)
    thread.put(Event("end", None, "last"), coalesce=False)
    deliveries.go_on.set()
    assert deliveries.all_there.wait(5)
    thread.close()
    return thread


def test_equal_events_all_fire_in_order():
    deliveries = Deliveries()
    put_behind_a_slow_observer(deliveries, [Event("state", 1, 2), Event("state", 1, 2)], coalesce=False)
    assert [event.name for event in deliveries.seen] == ["begin", "state", "state", "end"]


def test_an_observer_that_is_behind_gets_the_newest_and_the_first_old_value():
    deliveries = Deliveries()
    events = [Event("frame", n, n + 1) for n in range(5)]
    put_behind_a_slow_observer(deliveries, events, coalesce=True)
    assert [event for event in deliveries.seen if event.name == "frame"] == [Event("frame", 0, 5)]


def test_what_waits_is_bounded_and_the_oldest_is_dropped_and_counted():
    deliveries = Deliveries()
    events = [Event("state", n, n + 1) for n in range(MAX_PENDING + 10)]
    thread = put_behind_a_slow_observer(deliveries, events, coalesce=False)
    assert thread.dropped == 11
    assert deliveries.seen[-2] == events[-1]


def test_closing_ends_the_thread():
    thread = EventThread(lambda event: None, "test")
    thread.close()
    thread._thread.join(5)
    assert not thread._thread.is_alive()
    thread.put(Event("state", 1, 2), coalesce=False)  # passed over


def test_an_observer_that_raises_is_reported():
    errors = []

    def fails(event):
        raise ValueError("mine")

    GuardedObserver(fails, errors.append)(None)
    assert [str(error) for error in errors] == ["mine"]


def test_a_guard_equals_the_function_that_it_guards():
    def handler(event): ...

    guard = GuardedObserver(handler, print)
    assert guard == handler
    assert guard == GuardedObserver(handler, print)
    assert guard != print
    assert hash(guard) == hash(handler)
