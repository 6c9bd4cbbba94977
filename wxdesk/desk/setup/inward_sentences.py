"""Sentences about the way in: public address, tunnel, URL check and pushes."""

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.desk.setup.wording import Wording

WAY_IN = {
    CheckVerdict.NO_PUBLIC_URL: Wording(
        "There is no public address yet, so WeChat cannot reach this machine.",
        remedy="Enter the address of your tunnel or server.",
    ),
    CheckVerdict.URL_ILLEGAL: Wording(
        "WeChat cannot use the address “{url}”.",
        remedy="Enter it as https://desk.example.com, without a user, a password or a path.",
    ),
    CheckVerdict.URL_CLEANED: Wording("The address was corrected; it is now {url}."),
    CheckVerdict.WRONG_PORT: Wording(
        "WeChat uses only port 80 (http) and 443 (https); the address has port {port}.",
        remedy="Let the server or tunnel answer at 80 or 443, and leave the port out.",
    ),
    CheckVerdict.IP_WITHOUT_NAME: Wording(
        "The address is an IP without a name: it works only with http, not encrypted.",
        remedy="Use a domain and https instead.",
    ),
    CheckVerdict.OFFLINE: Wording(
        "This computer has no network.",
        remedy="Connect it to the internet; everything is then checked again automatically.",
    ),
    CheckVerdict.NAME_UNRESOLVED: Wording(
        "The name {host} has no address.", remedy="Check its A record; a new one may take some minutes."
    ),
    CheckVerdict.IPV6_ONLY: Wording(
        "{host} has only an IPv6 address, which WeChat mostly cannot reach.",
        remedy="Add an A record with an IPv4 address.",
    ),
    CheckVerdict.PRIVATE_ADDRESS: Wording(
        "{ip} is an address of a local network, which WeChat cannot reach.",
        remedy="Enter the public address that your tunnel gives.",
    ),
    CheckVerdict.HOME_BROADBAND: Wording(
        "The address leads to this machine's own line, and nobody gets through from outside: at home, providers "
        "usually block ports 80 and 443.",
        remedy="Use a tunnel or a cloud server instead. If this is a cloud server: open 80 and 443 in its security "
        "group.",
    ),
    CheckVerdict.FIREWALL: Wording(
        "Port {port} of {host} does not answer.",
        remedy="On a server, open 80 and 443 in the security group of the cloud's console and in the firewall. A line "
        "at home or in a shop can mostly not be reached from outside at all: use a tunnel there.",
    ),
    CheckVerdict.CERTIFICATE_EXPIRED: Wording(
        "The https certificate of {host} has expired.", remedy="Renew it, and set up automatic renewal."
    ),
    CheckVerdict.CERTIFICATE_OTHER_NAME: Wording(
        "The https certificate is not for {host}.", remedy="Issue one for {host}."
    ),
    CheckVerdict.CERTIFICATE_SELF_SIGNED: Wording(
        "The https certificate of {host} is self-signed; WeChat does not trust it.",
        remedy="Use one from a public authority, such as Let's Encrypt.",
    ),
    CheckVerdict.CHAIN_INCOMPLETE: Wording(
        "The certificate chain is incomplete: browsers open the address, WeChat fails.",
        remedy="Configure the fullchain certificate on the server.",
    ),
    CheckVerdict.TLS13_ONLY: Wording(
        "The server speaks only TLS 1.3; WeChat may fail.", remedy="Allow TLS 1.2 as well."
    ),
    CheckVerdict.TLS_FAILED: Wording(
        "The https connection to {host} fails ({reason}).",
        remedy="Check the certificate and the https settings of the server or tunnel.",
    ),
    CheckVerdict.REDIRECT: Wording(
        "The address redirects to {to}, but WeChat does not follow redirects.", remedy="Enter {to} instead."
    ),
    CheckVerdict.INTERSTITIAL: Wording(
        "The tunnel shows a page of its own first: “{title}”.",
        "The tunnel shows a page of its own first.",
        remedy="Switch it off, or use another tunnel.",
    ),
    CheckVerdict.FOREIGN_PAGE: Wording(
        "The answer does not come from wxdesk; it looks like the page for domains without an ICP registration.",
        remedy="A domain on a server in mainland China has to be registered first; or take a server in Hong Kong or "
        "overseas.",
    ),
    CheckVerdict.OTHER_PROGRAM: Wording(
        "The address works, but another program answers there ({code}).", remedy="Point it to {listener}."
    ),
    CheckVerdict.ANSWER_CHANGED: Wording(
        "Something on the way changes our answer (bytes that differ: {n}).",
        remedy="Switch off compression, caching and injected scripts there.",
    ),
    CheckVerdict.SLOW: Wording(
        "A round trip takes {seconds} seconds; WeChat waits only 5.",
        remedy="Use a nearer server or another tunnel before it gets slower.",
    ),
    CheckVerdict.TOO_SLOW: Wording(
        "A round trip takes {seconds} seconds; WeChat waits only 5 and then gives up.",
        remedy="Use a nearer server or another tunnel.",
    ),
    CheckVerdict.CONNECTION_LOST: Wording(
        "The connection to {host} broke off.", remedy="Check that the tunnel and the server are running."
    ),
    CheckVerdict.DESK_OFF: Wording(
        "The desk was not running, or this computer slept.",
        remedy="Keep wxdesk running while customers write, or let a server receive the messages.",
    ),
    CheckVerdict.TUNNEL_STARTING: Wording("The tunnel is being started."),
    CheckVerdict.TUNNEL_DOWN: Wording(
        "The tunnel is not connected: {reason}",
        remedy="No message reaches this computer now. wxdesk tries again by itself; check the tunnel's program and "
        "login.",
    ),
    CheckVerdict.TUNNEL_MISSING: Wording(
        "The tunnel's program {program} is not on this machine (get it at {where}).",
        "The tunnel's program {program} is not on this machine.",
        remedy="Install it. If it is installed, write where its file is as the command.",
    ),
    CheckVerdict.TUNNEL_RENAMED: Wording(
        "The tunnel's address is now {url}; WeChat still has the former one.",
        remedy="Free tunnels change it at each start: use a fixed domain, or copy the new address and submit it again.",
    ),
    CheckVerdict.FRP_PASSTHROUGH: Wording(
        "frp passes https through (type https), which WeChat's check does not get through.",
        remedy="Use type http in frp, and let nginx or Caddy on the server do https.",
    ),
    CheckVerdict.SSH_HOST_KEY_NEW: Wording(
        "The server {host} is not known yet; its fingerprint is {fingerprint}.",
        remedy="Compare the fingerprint with that on the server, then accept it.",
    ),
    CheckVerdict.SSH_HOST_KEY_CHANGED: Wording(
        "The fingerprint of {host} has changed: it was {accepted} and is {fingerprint} now.",
        remedy="If you reinstalled the server, accept the new one; if not, somebody may be intercepting the "
        "connection.",
    ),
    CheckVerdict.SSH_KEY_REFUSED: Wording(
        "The server {host} refused the key or the password.",
        remedy="Check the user name, and that the public key is in ~/.ssh/authorized_keys on the server.",
    ),
    CheckVerdict.SSH_UNREACHABLE: Wording(
        "The server {host} does not answer SSH: {reason}", remedy="Check its name, port and firewall."
    ),
    CheckVerdict.SSH_GATEWAY_PORTS: Wording(
        "The server opens the forwarded port {port} only to itself; that is enough behind nginx or Caddy.",
        remedy="Copy the ready Caddyfile onto the server, or set GatewayPorts there.",
    ),
    CheckVerdict.SSH_PORT_IN_USE: Wording(
        "Port {port} on the server is taken, perhaps by a dead session.",
        remedy=("wxdesk tries again by itself; a dead session ends within minutes. If it stays, choose another port."),
    ),
    CheckVerdict.SSH_FORWARD_REFUSED: Wording(
        "The server refuses to forward port {port}.",
        remedy="Allow it in sshd_config: AllowTcpForwarding yes. Ports below 1024 belong to root: use a higher one "
        "there, and let nginx or Caddy forward to it.",
    ),
    CheckVerdict.NOT_SUBMITTED: Wording(
        "WeChat has no push address saved yet.",
        remedy="Press Submit under message push in the console; the administrator scans the code.",
    ),
    CheckVerdict.WAF_DROPS: Wording(
        "We reach the address ourselves, but WeChat's request has not come.",
        remedy="Usually a firewall or CDN drops Tencent's addresses (such as 81.69.*): let them through, or switch "
        "off its protection against bots.",
    ),
    CheckVerdict.WRONG_PATH: Wording(
        "WeChat asks for {path}; it should be {expected}.",
        "WeChat asks for a path that is not ours.",
        remedy="Copy the whole URL, and submit it again.",
    ),
    CheckVerdict.OTHER_ACCOUNT_PATH: Wording(
        "A request with the Token of “{account}” came to the URL of “{other}”.",
        remedy="Enter in the console of “{account}” its own URL, which ends with {expected}; "
        "or, if it is the console of “{other}”, its own Token.",
    ),
    CheckVerdict.TOKEN_DIFFERS: Wording(
        "The Token in WeChat's console is not the one here.", remedy="Copy the Token from here, and submit it again."
    ),
    CheckVerdict.AES_KEY_DIFFERS: Wording(
        "The EncodingAESKey in WeChat's console is not the one here.",
        remedy="Copy the 43 characters of the key from here, and submit it again.",
    ),
    CheckVerdict.APP_ID_DIFFERS: Wording(
        "The message belongs to {app_id}, not to the AppID given here.",
        "The message belongs to another AppID than the one given here.",
        remedy="Correct the AppID here, or enter the URL in the right mini program's console.",
    ),
    CheckVerdict.MODE_DIFFERS: Wording(
        "WeChat sends in {there} mode, and here {here} mode is set.",
        remedy="Choose the same on both sides, best secure mode.",
    ),
    CheckVerdict.XML_FORMAT: Wording("The data format is XML; that works as well."),
    CheckVerdict.ORIGINAL_ID_DIFFERS: Wording(
        "The original ID should be {original_id}.", remedy="Let it be corrected here."
    ),
    CheckVerdict.ECHO_NOT_ACCEPTED: Wording(
        "The answer was right, after {n} ms, but WeChat asks again.",
        remedy="Check whether something on the way changes or delays the answer; or create a new Token and "
        "EncodingAESKey, and submit again.",
    ),
    CheckVerdict.NOT_WECHAT: Wording("The last visit was not WeChat's (it had no signature); it does not matter."),
    CheckVerdict.PUSH_REPEATED: Wording(
        "The answer was too slow: WeChat sent a message again ({n}×).",
        remedy="Check the delays on the way and the load of this machine.",
    ),
    CheckVerdict.PUSH_UNREADABLE: Wording(
        "A push from WeChat could not be read; it was kept as it came.",
        remedy="Open the traffic page; an update may read it later.",
    ),
    CheckVerdict.NOT_ENABLED: Wording(
        "Message push may be saved, but not enabled.", remedy="Make sure that message push is enabled in the console."
    ),
    CheckVerdict.CLOUD_FUNCTION: Wording(
        "This type of message may go to a cloud function, and then not to the URL.",
        remedy="Remove it: Cloud development → Settings → Other settings → Message push.",
    ),
    CheckVerdict.CLOUD_HOSTING: Wording(
        "Message push of WeChat's cloud hosting may be on, which overrides the URL.",
        remedy="Unbind it, then stop and start message push once.",
    ),
    CheckVerdict.THIRD_PARTY_PLATFORM: Wording(
        ("The customer-service permission may be given to a third-party platform, which then gets the messages."),
        remedy="Take it back under third-party authorisation in the console.",
    ),
    CheckVerdict.WECOM_SERVICE: Wording(
        "The button may open WeCom customer service (微信客服), whose messages do not come by message push.",
        remedy='Use <button open-type="contact"> in the mini program.',
    ),
    CheckVerdict.TRANSFERRED_SESSION: Wording(
        "If the customer is served in WeChat's own tool, messages come here again after at most 30 minutes."
    ),
    CheckVerdict.NO_RULES: Wording(
        "There is no rule, so nothing is answered automatically.",
        remedy="Start with example rules on the rules page, or with: wxdesk rules import FILE",
    ),
    CheckVerdict.UNANSWERED: Wording(
        "A message arrived, but no rule has answered one yet.",
        remedy="From a phone, write a word that one of your rules answers.",
    ),
}

CAUSES = {
    (CheckVerdict.UNKNOWN, "classic"): Wording(
        "Left out: it would take the token away from the desk that is open now.",
        remedy="The open desk shows whether it has a token.",
    ),
    (CheckVerdict.UNKNOWN, "any_port"): Wording(
        "Not asked: with port 0 the listener has another port at each start.",
        remedy="Choose a port for the tunnel to lead to: [listener] port in config.toml.",
    ),
    (CheckVerdict.UNKNOWN, "tunnel"): Wording(
        "Not asked: the tunnel's program names the address, and only the open desk knows it.",
        remedy="The settings page shows it, or enter a name that stays: [listener] public_url in config.toml.",
    ),
    (CheckVerdict.UNKNOWN, "no_token"): Wording(
        "Not asked: without a Token the open desk would not answer.", remedy="Complete the secrets first."
    ),
    (CheckVerdict.UNKNOWN, "no_listener"): Wording(
        "Not asked: nothing could listen here.", remedy="Repair the listener first."
    ),
    (CheckVerdict.DATABASE_FAILED, "file"): Wording("The database does not open.", remedy="{reason}"),
    (CheckVerdict.VAULT_LOCKED, "refused"): Wording("The vault with the secrets does not open.", remedy="{reason}"),
    (CheckVerdict.CLOCK_SKEW, "fast"): Wording("The clock of this machine is {minutes} minutes fast."),
    (CheckVerdict.CLOCK_SKEW, "slow"): Wording("The clock of this machine is {minutes} minutes slow."),
    (CheckVerdict.APP_ID_ILLEGAL, "blanks"): Wording(
        "There is an invisible blank in the AppID or behind it.", remedy="Remove it: app_id in config.toml."
    ),
    (CheckVerdict.APP_ID_ILLEGAL, "twin"): Wording(
        "“{account}” has the AppID of “{other}”: WeChat pushes to one of the two only.",
        remedy="Give each mini program one account: correct its app_id, or remove one of the two.",
    ),
    (CheckVerdict.TOKEN_DIFFERS, "blanks"): Wording("The Token in WeChat's console has an extra blank."),
    (CheckVerdict.TOKEN_DIFFERS, "case"): Wording(
        "The Token in WeChat's console has other capital letters than the one here."
    ),
    (CheckVerdict.TOKEN_DIFFERS, "aes_key"): Wording(
        "In WeChat's console the EncodingAESKey is in the place of the Token."
    ),
    (CheckVerdict.TOKEN_DIFFERS, "app_secret"): Wording(
        "In WeChat's console the AppSecret is in the place of the Token.",
        remedy=("Copy the Token from here, submit it again, and reset the AppSecret: it must not be known elsewhere."),
    ),
    (CheckVerdict.TOKEN_DIFFERS, "former"): Wording("The Token in WeChat's console is a former one."),
    (CheckVerdict.AES_KEY_DIFFERS, "former"): Wording("The EncodingAESKey in WeChat's console is a former one."),
    (CheckVerdict.AES_KEY_DIFFERS, "other_account"): Wording(
        "The EncodingAESKey in WeChat's console is that of “{other}”."
    ),
    (CheckVerdict.MODE_DIFFERS, "plain"): Wording(
        "WeChat sends in plain text, and here secure mode is set: the messages are refused.",
        remedy="Choose secure mode in the console under message push. If it is chosen there, somebody else is trying "
        "to slip messages in; they are refused.",
    ),
    (CheckVerdict.MODE_DIFFERS, "secure"): Wording(
        "WeChat sends encrypted, and here plain mode is set.",
        remedy="Set push_mode to secure here, and enter the EncodingAESKey.",
    ),
    (CheckVerdict.FIREWALL, "refused"): Wording(
        "Port {port} of {host} refuses connections: nothing listens there.",
        remedy="Start the web server or the tunnel there, and open 80 and 443 in the security group and firewall.",
    ),
    (CheckVerdict.NAME_UNRESOLVED, "wechat"): Wording(
        "WeChat finds no address for the name in the push URL that its console has.",
        remedy="Compare the URL there with the one here, and check the name's A record.",
    ),
    (CheckVerdict.NOT_SUBMITTED, "unsure"): Wording(
        "WeChat's request has not come, and WeChat does not say whether the push URL is saved.",
        remedy="Look in the console: if it is not, press Submit there. If it is, something drops Tencent's requests, "
        "such as a firewall or CDN.",
    ),
    (CheckVerdict.OTHER_PROGRAM, "not_http"): Wording("What answers at port {port} of {host} is not a web server."),
    (CheckVerdict.CONNECTION_LOST, "handshake"): Wording(
        "{host} cuts the https connection as soon as it hears the name.",
        remedy="Check whether https is set up for this name. In mainland China, names without an ICP registration are "
        "cut like this as well.",
    ),
    (CheckVerdict.CONNECTION_LOST, "answer"): Wording(
        "{host} takes the request and cuts the connection without an answer.",
        remedy="Check whether the tunnel leads to this computer, and whether a firewall or CDN drops requests.",
    ),
    (CheckVerdict.ANSWER_CHANGED, "quotes"): Wording(
        "Something on the way puts our answer in quotes.", remedy="Let it pass the answer on as it is, not as JSON."
    ),
    (CheckVerdict.ANSWER_CHANGED, "bom"): Wording(
        "Something on the way puts an invisible mark (BOM) before our answer.",
        remedy="Save its script or configuration as UTF-8 without BOM.",
    ),
    (CheckVerdict.ANSWER_CHANGED, "newline"): Wording(
        "Something on the way adds a line break or blanks to our answer.", remedy="Let it pass the answer on as it is."
    ),
    (CheckVerdict.ANSWER_CHANGED, "compressed"): Wording(
        "Something on the way compresses our answer, though WeChat did not ask for that.",
        remedy="Switch off compression (gzip) for this address.",
    ),
    (CheckVerdict.ANSWER_CHANGED, "script"): Wording(
        "Something on the way adds a script or other code to our answer.",
        remedy="Switch off advertisements, statistics and protection against bots for this address.",
    ),
    (CheckVerdict.ANSWER_CHANGED, "cached"): Wording(
        "Something on the way repeats an old answer instead of asking wxdesk.",
        remedy="Switch off caching for this address.",
    ),
    (CheckVerdict.ANSWER_CHANGED, "replaced"): Wording(
        "The request arrives here, but on the way back our answer is replaced by another.",
        remedy="Check the proxy or CDN; often it is its protection against bots, or its time limit.",
    ),
    (CheckVerdict.WRONG_PATH, "tunnel"): Wording(
        "The server or tunnel passes the path on as {path}; it should stay {expected}.",
        remedy="Let it pass the path on unchanged, whole and with /wx/.",
    ),
    (CheckVerdict.WRONG_PATH, "removed"): Wording(
        "WeChat sends messages to {path}, and no account here has this path: they are lost.",
        remedy="If you removed that mini program, switch off its message push in WeChat's console; else add it again.",
    ),
    (CheckVerdict.PUSH_UNREADABLE, "changed"): Wording(
        "Something on the way changes WeChat's pushes, so that their signature does not fit.",
        remedy="Let the proxy or tunnel pass them on unchanged, byte for byte.",
    ),
    (CheckVerdict.WRONG_PATH, "case"): Wording(
        "WeChat asks for {path}; the name of the account has other capital letters: {expected}."
    ),
}
"""Wording of a verdict whose value `cause` is known."""
