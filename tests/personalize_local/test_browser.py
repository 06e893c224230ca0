"""The local AWS and pages in a real browser: a page of another origin can do nothing to it."""

from __future__ import annotations

import base64
import http.server
import io
import os
import queue
import shutil
import signal
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from personalize_local.testing.server_process import LocalAws, running

pytestmark = pytest.mark.process

# No name leads anywhere but here, and the browser's own services stay at home.
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next((path for name in _BROWSERS if (path := shutil.which(name))), None)

# The two requests of a page that runs code: a function, and its invocation. `no-cors` asks no leave to send.
ATTACK = """
<!doctype html><script>
const aws = "{endpoint}", log = [];
const tried = (name, promise) => promise.then(
  answer => log.push(name + " " + answer), () => log.push(name + " failed"));
const json = body => ({{ method: "POST", mode: "no-cors", body: JSON.stringify(body) }});
const create = {{ FunctionName: "f", Runtime: "python3.13", Handler: "index.handler",
  Role: "arn:aws:iam::000000000000:role/any", Code: {{ ZipFile: "{archive}" }} }};
const opaque = answer => answer.type;
const text = answer => answer.text();
(async () => {{
  await tried("create", fetch(aws + "/2015-03-31/functions", json(create)).then(opaque));
  await tried("invoke", fetch(aws + "/2015-03-31/functions/f/invocations", json({{}})).then(opaque));
  const sent = navigator.sendBeacon(aws + "/2015-03-31/functions/f/invocations", "{{}}");
  await tried("beacon", Promise.resolve(sent));
  await tried("read", fetch(aws + "/_personalize/health").then(text));
  await tried("preflight", fetch(aws + "/", {{ method: "POST", body: "{{}}",
    headers: {{ "x-amz-target": "AmazonPersonalize.CreateDatasetGroup" }} }}).then(text));
  await tried("socket", new Promise((opened, failed) => {{
    const socket = new WebSocket(aws.replace("http", "ws") + "/");
    socket.onopen = () => opened("opened");
    socket.onerror = failed;
  }}));
  await tried("image", new Promise((done, failed) => {{
    const image = new Image();
    image.onload = done;
    image.onerror = failed;
    image.src = aws + "/?Action=CreateQueue&QueueName=made&Version=2012-11-05";
  }}));
  await fetch("/log", {{ method: "POST", body: log.join("\\n") }});
}})();
</script>
"""


@pytest.fixture(autouse=True)
def _browser() -> None:
    if BROWSER is None:
        message = f"no browser: install Chromium or Chrome, as one of {', '.join(_BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


class Site:
    """A web server of another origin: what it serves, by path, and what its pages send to `/log`."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.logs: queue.Queue[str] = queue.Queue()
        pages, logs = self.pages, self.logs

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path, "").encode()
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def do_POST(self) -> None:
                logs.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def browser(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A browser with nothing of the user's, and nothing outside this folder."""
    assert BROWSER is not None
    return subprocess.Popen(
        [BROWSER, *_OPTIONS, f"--user-data-dir={folder / 'browser'}", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def seen(folder: Path, url: str) -> str:
    """The document at an address, or at the one that it goes on to."""
    with browser(folder, "--virtual-time-budget=8000", "--dump-dom", url) as process:
        return process.communicate(timeout=90)[0]


def told(folder: Path, site: Site, url: str) -> list[str]:
    """The lines that the page at an address sends to `/log` of a site."""
    with browser(folder, url) as process:
        try:
            return site.logs.get(timeout=90).splitlines()
        finally:
            # With the processes that it started for the page.
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def attack(endpoint: str, wrote: Path) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_file:
        code = f"def handler(event, context):\n    open({str(wrote)!r}, 'w').close()\n"
        zip_file.writestr("index.py", code)
    encoded = base64.b64encode(archive.getvalue()).decode()
    return ATTACK.format(endpoint=endpoint, archive=encoded)


def untouched(aws: LocalAws, wrote: Path) -> bool:
    return (
        aws.client("lambda").list_functions()["Functions"] == []
        and aws.client("sqs").list_queues().get("QueueUrls", []) == []
        and not wrote.exists()
    )


def test_page__of_another_origin__runs_nothing_makes_nothing_and_reads_nothing(
    local_aws: LocalAws, site: Site, tmp_path: Path
) -> None:
    wrote = tmp_path / "wrote"
    site.pages["/"] = attack(local_aws.endpoint, wrote)
    tried = told(tmp_path, site, f"{site.origin}/")
    # A page cannot see that a `no-cors` request was refused; the rest fails before its eyes.
    assert tried == [
        "create opaque",
        "invoke opaque",
        "beacon true",
        "read failed",
        "preflight failed",
        "socket failed",
        "image failed",
    ]
    assert untouched(local_aws, wrote)


def test_page__of_another_name_for_this_machine__runs_nothing(
    local_aws: LocalAws, site: Site, tmp_path: Path
) -> None:
    wrote = tmp_path / "wrote"
    site.pages["/"] = attack(local_aws.endpoint.replace("127.0.0.1", "localhost"), wrote)
    assert told(tmp_path, site, f"{site.origin}/")[0].startswith("create ")
    assert untouched(local_aws, wrote)


def test_status_page__by_a_link_of_another_origin__is_refused(
    local_aws: LocalAws, site: Site, tmp_path: Path
) -> None:
    target = f"{local_aws.endpoint}/_personalize/"
    site.pages["/"] = f'<!doctype html><a id=go href="{target}"></a><script>go.click()</script>'
    assert "Sec-Fetch-Site: 'same-site'" in unescape(seen(tmp_path, f"{site.origin}/"))


def test_rebinding__a_name_that_leads_here__is_refused(local_aws: LocalAws, tmp_path: Path) -> None:
    port = local_aws.record.port
    document = seen(tmp_path, f"http://evil.example:{port}/_personalize/")
    assert f"The Host header is 'evil.example:{port}'" in document


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_status_page__typed_into_the_browser__is_shown(
    local_aws: LocalAws, tmp_path: Path, name: str
) -> None:
    local_aws.client("personalize").create_dataset_group(name="films")
    document = seen(tmp_path, f"http://{name}:{local_aws.record.port}/_personalize/")
    assert "<title>Amazon Personalize, simulated</title>" in document
    assert "films" in document


def test_page__of_the_local_aws_itself__calls_its_controls(
    local_aws: LocalAws, site: Site, tmp_path: Path
) -> None:
    """A page that the local AWS serves is of its own origin, as one with buttons would be."""
    page = f"""<!doctype html><script>
    fetch("/_personalize/clock", {{ method: "POST", body: '{{"advance": 60}}' }}).then(answer =>
      fetch("{site.origin}/log", {{ method: "POST", mode: "no-cors", body: "status " + answer.status }}));
    </script>"""
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="page.html", Body=page.encode(), ContentType="text/html")
    assert told(tmp_path, site, f"{local_aws.endpoint}/pages/page.html") == ["status 200"]


def test_page__of_an_origin_that_was_allowed__calls_and_reads(site: Site, tmp_path: Path) -> None:
    with running(tmp_path / "state", ["--allow-origin", site.origin]) as aws:
        wrote = tmp_path / "wrote"
        site.pages["/"] = attack(aws.endpoint, wrote)
        tried = told(tmp_path, site, f"{site.origin}/")
        assert f'"run": "{aws.record.run}"' in tried[3]
        assert "datasetGroupArn" in tried[4] or "__type" in tried[4]
        # What its page loads without fetch() carries no origin, and stays refused.
        assert tried[6] == "image failed"
        assert aws.client("sqs").list_queues().get("QueueUrls", []) == []
