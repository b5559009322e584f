"""The person in front of the browser, scripted: opens a verification page of npm's oidc-provider, types the
user code, and approves or denies. Keeps cookies, follows redirects, posts each form's hidden fields back."""

import html.parser
import http.cookiejar
import ssl
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 30
STEPS = 10  # no way through the pages takes more


class Forms(html.parser.HTMLParser):
    """The forms of a page: (action, {name: value})."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("action"), {}))
        if tag == "input" and self.forms and attrs.get("name"):
            self.forms[-1][1][attrs["name"]] = attrs.get("value") or ""


class User:
    """One person in one browser. `ca`: the file with the authority to trust."""

    def __init__(self, login="alice", ca=None):
        self.login = login
        handlers = [urllib.request.ProxyHandler({}),
                    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())]
        if ca:
            handlers.append(urllib.request.HTTPSHandler(
                context=ssl.create_default_context(cafile=ca)))
        self.opener = urllib.request.build_opener(*handlers)
        self.url = self.page = None

    def _open(self, url, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            answer = self.opener.open(url, data, timeout=PATIENCE)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            self.url, self.page = answer.geturl(), answer.read().decode()
        return self.page

    def _fill(self, fields, user_code, approve):
        """What the person adds to a form's hidden fields, by which form it is."""
        if fields.get("prompt") == "login":
            return {**fields, "login": self.login, "password": "any"}
        if fields.get("prompt") == "consent":
            return fields
        if "user_code" in fields:
            code = {**fields, "user_code": fields["user_code"] or user_code}
            if fields["user_code"]:  # the confirmation
                code.update({"confirm": "yes"} if approve else {"abort": "yes"})
            return code
        raise ValueError(f"an unknown form at {self.url}: {fields}")

    def _go(self, verification_uri, user_code, approve, end):
        self._open(verification_uri)
        for _ in range(STEPS):
            if end in self.page:
                return self.page
            forms = Forms(self.page).forms
            if not forms:
                break
            action, fields = forms[0]
            self._open(urllib.parse.urljoin(self.url, action or ""),
                       self._fill(fields, user_code, approve))
        raise ValueError(f"no way to {end!r} from {self.url}:\n{self.page}")

    def approve(self, verification_uri, user_code):
        """Signs in and consents; the next poll gets tokens."""
        return self._go(verification_uri, user_code, True, "Sign-in Success")

    def deny(self, verification_uri, user_code):
        """Aborts at the confirmation; the next poll gets access_denied."""
        return self._go(verification_uri, user_code, False, "was interrupted")
