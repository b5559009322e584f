"""Callers of the service: threads that ask one request after the other on a connection each, and keep when each
began and ended, with what key, and what the answer was."""
import itertools
import threading
import time
from collections import Counter

from serve import request
from tap import wait_for


class Call:
    __slots__ = ("begin", "end", "label", "status")

    def __init__(self, begin, end, label, status):
        self.begin, self.end, self.label, self.status = begin, end, label, status


class Load:
    """`keys` is a dict of labels and secrets; it may be changed while the load runs. A connection that breaks ends
    its caller where `may_break`, and fails the test otherwise. One whose end was announced is followed by
    another, as long as the service takes any."""

    def __init__(self, service, keys, callers=4, may_break=False):
        self.service, self.keys, self.may_break = service, dict(keys), may_break
        self.calls, self.trouble, self.stopping = [], [], False
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(callers)]

    def run(self):
        connection = None
        try:
            connection = self.service.connect()
            for turn in itertools.count():
                if self.stopping:
                    break
                keys = list(self.keys.items())
                label, secret = keys[turn % len(keys)]
                begin = time.monotonic()
                answer = connection.send(request("GET", "/v1/verify", {"X-API-Key": secret})).answer()
                if not answer:
                    raise ConnectionError("ended without an answer")
                self.calls.append(Call(begin, time.monotonic(), label, answer.status))
                if answer["Connection"] == "close":
                    connection.close()
                    connection = self.again()
                    if not connection:
                        break
        except Exception as trouble:  # pylint: disable=broad-except
            self.trouble.append(trouble)
        finally:
            if connection:
                connection.close()

    def again(self):
        try:
            return self.service.connect()
        except OSError:
            return None

    def set(self, label, secret):
        """One more key, from the callers' next turn on."""
        self.keys = {**self.keys, label: secret}

    def more(self, count, label=None):
        """Waits for so many answers (with that key) from now on."""
        goal = self.count(label) + count
        wait_for(lambda: self.trouble or self.count(label) >= goal, f"{count} answers {label or ''}")
        self.check()

    def count(self, label=None):
        return len(self.calls) if label is None else sum(1 for c in list(self.calls) if c.label == label)

    def statuses(self, label):
        return Counter(c.status for c in self.calls if c.label == label)

    def check(self):
        """No connection broke."""
        if self.trouble and not self.may_break:
            raise self.trouble[0]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        for thread in self.threads:
            thread.join()
