"""Every key that Git's configuration has: those of `git help --config`, and those that its manual pages name with something to fill in."""

from __future__ import annotations

import re
import subprocess

_FILLED = {
    "branch": ("main",),
    "remote": ("origin",),
    "submodule": ("vendor",),
    "url": ("http://127.0.0.1/", "http://"),
    "base": ("http://127.0.0.1/",),
    "driver": ("x", "enablement", "jupyternotebook", "lfs"),
    "cmd": ("log", "status", "commit", "push"),
    "command": ("log", "status"),
    "name": ("main", "origin", "x"),
    "tool": ("x",),
    "man": ("x",),
    "browser": ("x",),
    "encoding": ("x",),
    "message": ("x",),
    "msg-id": ("missingEmail",),
    "group": ("origin",),
    "protocol": ("http", "ext", "file"),
    "refname": ("main",),
    "pattern": ("refs/*",),
    "alias": ("x",),
    "id": ("x",),
    "condition": ("gitdir:/", "onbranch:main"),
}
# What the manual pages name beside the list, or where what is run depends on a second key.
_MANUAL = """
alias.status alias.log alias.commit browser.x.cmd browser.x.path core.alternateRefsCommand core.askPass core.attributesFile core.editor
core.excludesFile core.fsmonitor core.fsmonitorHookVersion core.gitProxy core.hooksPath core.pager core.sshCommand core.splitIndex core.worktree
core.sparseCheckout core.untrackedCache credential.helper credential.http://127.0.0.1/.helper diff.external diff.x.command diff.x.textconv
diff.x.cachetextconv difftool.x.cmd extensions.worktreeConfig extensions.partialClone extensions.objectFormat extensions.refStorage
extensions.relativeWorktrees extensions.preciousObjects extensions.compatObjectFormat extensions.noop fetch.fsck.skipList filter.enablement.clean
filter.enablement.process filter.enablement.smudge filter.enablement.required filter.lfs.clean filter.lfs.process filter.lfs.smudge filter.x.clean
filter.x.process filter.x.required filter.x.smudge fsck.skipList gpg.format gpg.openpgp.program gpg.program gpg.ssh.allowedSignersFile
gpg.ssh.defaultKeyCommand gpg.ssh.program gpg.ssh.revocationFile gpg.x509.program guitool.x.cmd guitool.x.argPrompt hook.x.command hook.x.event
http.cookieFile http.extraHeader http.http://127.0.0.1/.extraHeader http.http://127.0.0.1/.proxy http.http://127.0.0.1/.sslCert http.proxy
http.sslCAInfo http.sslCAPath http.sslCert http.sslKey http.pinnedPubkey http.proxySSLCert http.curloptResolve imap.tunnel include.path
includeIf.gitdir:/.path includeIf.onbranch:main.path includeIf.hasconfig:remote.*.url:**.path init.templateDir instaweb.httpd interactive.diffFilter
lfs.customtransfer.x.path lfs.standalonetransferagent lfs.url log.showSignature log.mailmap mailmap.blob mailmap.file man.x.cmd man.x.path
merge.enablement.driver merge.jupyternotebook.driver merge.x.driver mergetool.x.cmd mergetool.x.path pager.log pager.status pager.diff pager.branch
protocol.ext.allow protocol.allow push.gpgSign receive.fsck.skipList receive.procReceiveRefs remote.origin.proxy remote.origin.pushurl
remote.origin.receivepack remote.origin.uploadpack remote.origin.vcs remote.origin.url remote.origin.promisor remote.origin.partialclonefilter
remote.origin.mirror remote.pushDefault safe.directory sendemail.sendmailCmd sendemail.smtpServer sendemail.toCmd sequence.editor ssh.variant
submodule.vendor.update submodule.vendor.url submodule.recurse tag.gpgSign tar.tar.gz.command tar.x.command tar.x.remote trace2.eventTarget
trace2.normalTarget trace2.perfTarget trailer.x.cmd trailer.x.command trailer.separators uploadpack.packObjectsHook uploadarchive.allowUnreachable
url.ext::sh.insteadOf url.ext::sh.pushInsteadOf web.browser commit.template commit.gpgSign blame.ignoreRevsFile format.signatureFile gitcvs.dbDriver
svn-remote.x.url user.signingKey versionsort.suffix worktree.guessRemote maintenance.strategy index.threads
"""


def every_key() -> list[str]:
    """Sorted, each once, with names filled in where Git has a wildcard."""
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout
    names = [
        line.strip()
        for line in listed.splitlines()
        if re.fullmatch(r"\s*[A-Za-z][\w-]*\..+", line) and " " not in line.strip()
    ]
    found = {filled for name in [*names, *_MANUAL.split()] for filled in _fill(name)}
    return sorted(found)


def _fill(name: str) -> list[str]:
    """The key with everything that may be filled in, in each way."""
    match = re.search(r"<([a-z-]+)>|\*$", name)
    if match is None:
        return [name]
    values = _FILLED.get(match[1] or "name", ("x",))
    return [filled for value in values for filled in _fill(name[: match.start()] + value + name[match.end() :])]
