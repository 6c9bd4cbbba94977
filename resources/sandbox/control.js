// The page at /control. Everything that somebody wrote is set as text, never as HTML.
"use strict";

const WORDS = {
  zh: {
    title: "模拟微信", customers: "客户", new_hint: "新客户的 openid（留空则随机）", add: "添加", blocked: "在黑名单",
    refuses: "拒收消息", write_hint: "以客户的身份写消息…", send: "发送", session_hint: "session-from，可留空", enter: "从按钮进入",
    picture: "发一张图片", own_picture: "选择图片…", card: "发小程序卡片", faults: "故障", errcode: "错误码",
    milliseconds: "毫秒", times: "次数（空：一直）", seconds: "持续秒数（空：不限）", chance: "概率 %", switch_on: "打开故障", off: "关闭",
    pushes: "最近的推送", calls: "最近的 API 调用", tool_accept: "客服工具接入", tool_close: "客服工具结束", left: "还可收 {0} 条，至 {1}",
    closed: "现在不能收消息", typing: "对方正在输入…", entered: "进入了会话", forward: "快进…", minutes: "{0} 分钟", hours: "{0} 小时",
    delivered: "送达 {0} · 重复送达 {1} · 推送 {2}，失败 {3}", pick: "先选择或添加一位客户", picture_word: "图片", card_word: "小程序卡片",
    link_word: "链接", tool: "微信客服工具", to_tool: "只到客服工具", none: "", queued: "排队等客服工具", open: "在客服工具中，不推送",
    accepted: "已被接受：{0}", refused: "未被接受：{0}", nothing: "没有推送", ahead: "快 {0}", push_url: "推送到 {0}", no_push_url: "没有推送地址",
    acknowledged: "已确认", transfer: "转到客服工具", wrong: "回答不对", silence: "没有回答", not_pushed: "没有推送", other: "English",
  },
  en: {
    title: "Simulated WeChat", customers: "Customers", new_hint: "openid of a new customer (empty: random)", add: "Add",
    blocked: "On the black list", refuses: "Refuses messages", write_hint: "Write as the customer…", send: "Send",
    session_hint: "session-from, may be empty", enter: "Enter by the button", picture: "Send a picture", own_picture: "Choose a picture…",
    card: "Send a card", faults: "Faults", errcode: "errcode", milliseconds: "milliseconds", times: "times (empty: always)",
    seconds: "for seconds (empty: no end)", chance: "chance %", switch_on: "Switch on", off: "Off", pushes: "Last pushes",
    calls: "Last API calls", tool_accept: "Tool takes customer", tool_close: "Tool lets go", left: "{0} more until {1}",
    closed: "May not be written to now", typing: "typing…", entered: "entered the chat", forward: "Forward…", minutes: "{0} min",
    hours: "{0} h", delivered: "delivered {0} · twice {1} · pushed {2}, failed {3}", pick: "Choose or add a customer first",
    picture_word: "picture", card_word: "card", link_word: "link", tool: "WeChat's own tool", to_tool: "to the tool only", none: "",
    queued: "waits for the tool", open: "with the tool: not pushed", accepted: "Accepted: {0}", refused: "Not accepted: {0}",
    nothing: "Nothing was pushed", ahead: "{0} ahead", push_url: "pushes to {0}", no_push_url: "no push URL", acknowledged: "acknowledged", transfer: "handed over",
    wrong: "wrong answer", silence: "no answer", not_pushed: "not pushed", other: "中文",
  },
};

const KINDS = {
  latency: ["API 回答变慢", "the API answers slowly"], errcode: ["API 回答错误码", "the API answers an errcode"],
  timeout_before: ["API 不做也不回答", "the API does nothing and stays silent"],
  timeout_after: ["API 已送达但不回答", "the API delivers and stays silent"],
  reset_before: ["API 断开连接（未做）", "the API resets, undone"], reset_after: ["API 断开连接（已做）", "the API resets, done"],
  gateway: ["API 回答 502 网页", "the API answers 502, HTML"], gateway_timeout: ["API 回答 504 网页", "the API answers 504, HTML"],
  garbage: ["API 回答乱码", "the API answers garbage"], truncated: ["API 回答被截断", "the API's answer is cut"],
  drop: ["推送丢失", "pushes get lost"], duplicate: ["推送同时来两次", "pushes come twice at once"],
  reorder: ["推送顺序颠倒", "pushes change their order"], delay: ["推送变慢", "pushes come late"],
  retry: ["推送重试（新 nonce）", "pushes come again, new nonce"], retry_same_nonce: ["推送重试（同 nonce）", "pushes come again, same nonce"],
  wrong_signature: ["推送签名错误", "pushes are signed wrongly"], plain_body: ["推送为明文（伪造）", "pushes in clear (forged)"],
  content_type: ["推送的 Content-Type 不对", "pushes with a wrong Content-Type"], bom: ["推送前有 BOM", "pushes with a BOM"],
  twins: ["推送带假的明文字段", "pushes with clear fields that lie"],
};
const CALLS = ["send", "token", "typing", "upload", "media", "check", "openapi", "kf", "*"];

const by = (id) => document.getElementById(id);
let language = (localStorage.getItem("language") || navigator.language).startsWith("zh") ? "zh" : "en";
let chosen = null;  // {account, openid}
let fresh = false;  // chosen since that chat was shown last
let shown = {};

function choose(customer) { chosen = { account: customer.account, openid: customer.openid }; fresh = true; }

const say = (word, ...parts) => WORDS[language][word].replace(/\{(\d)\}/g, (_, n) => parts[n]);
const kindWord = (kind) => (KINDS[kind] ? KINDS[kind][language === "zh" ? 0 : 1] : kind);
const locale = () => (language === "zh" ? "zh-CN" : "en-GB");
const time = (iso) => new Date(iso).toLocaleTimeString(locale());
const day = (iso) => new Date(iso).toLocaleString(locale(), { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

function make(tag, text, cls) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (cls) element.className = cls;
  return element;
}

async function get(path) { return (await fetch(`/control/${path}`)).json(); }

async function order(path, fields) {
  const response = await fetch(`/control/${path}`, { method: "POST", body: JSON.stringify(fields) });
  const told = response.ok ? await response.json() : { reason: await response.text(), attempts: [] };
  tell(told, response.ok);
  await refresh();
  return told;
}

function tell(told, ok) {
  if (!("attempts" in told)) { by("result").textContent = ""; return; }
  const answer = told.reason || say(told.understood);
  by("result").textContent = ok && !told.attempts.length ? say("nothing") : say(told.accepted ? "accepted" : "refused", answer);
}

function words() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.querySelectorAll("[data-word]").forEach((one) => { one.textContent = say(one.dataset.word); });
  document.querySelectorAll("[data-hint]").forEach((one) => {
    one.placeholder = say(one.dataset.hint); one.setAttribute("aria-label", say(one.dataset.hint));
  });
  by("language").textContent = say("other");
  options(by("kind"), Object.keys(KINDS).map((kind) => [kind, kindWord(kind)]));
  options(by("call"), CALLS.map((call) => [call, call]));
  options(by("forward"), [["", say("forward")], [60, say("minutes", 1)], [300, say("minutes", 5)], [1800, say("minutes", 30)],
    [7200, say("hours", 2)], [172800, say("hours", 48)], [259200, say("hours", 72)]]);
  by("kind").setAttribute("aria-label", say("faults")); by("call").setAttribute("aria-label", "API");
  by("forward").setAttribute("aria-label", say("forward"));
}

function options(select, pairs) {
  const before = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => { const one = make("option", text); one.value = value; return one; }));
  if (before) select.value = before;
}

function replaceIfNew(element, key, children) {
  if (shown[element.id] === key) return false;
  shown[element.id] = key;
  element.replaceChildren(...children());
  return true;
}

async function refresh() {
  const [state, calls, pushes] = await Promise.all([get("state"), get("calls"), get("pushes")]);
  const account = state.accounts[0], counted = state.counters;
  by("account").textContent = `${account.account} · ${account.app_id} · ${account.push_mode} ${account.format} · `
    + (account.push_url ? say("push_url", account.push_url) : say("no_push_url"));
  by("counters").textContent = say("delivered", counted.delivered, counted.doubled, counted.pushed, counted.push_failed);
  const hours = Math.round(state.ahead_seconds / 360) / 10;
  by("clock").textContent = new Date(state.now).toLocaleString(locale()) + (state.ahead_seconds ? ` (${say("ahead", `${hours} h`)})` : "");
  showCustomers(state.customers);
  showFaults(state.faults);
  showLog("pushes", pushes.pushes, pushLine);
  showLog("calls", calls.calls, callLine);
  await showChat();
}

function showCustomers(customers) {
  if (!chosen && customers.length) choose(customers[0]);
  const key = JSON.stringify([customers, chosen, language]);
  replaceIfNew(by("customers"), key, () => customers.map((one) => {
    const button = make("button");
    button.append(make("span", one.openid, "openid"), make("small", allowance(one), "quiet"));
    button.setAttribute("aria-current", chosen && chosen.openid === one.openid && chosen.account === one.account);
    button.onclick = () => { choose(one); refresh(); };
    const item = make("li"); item.append(button); return item;
  }));
}

const allowance = (one) => (one.open ? say("left", one.left, day(one.until)) : say("closed"));

function showFaults(faults) {
  replaceIfNew(by("planned"), JSON.stringify([faults, language]), () => faults.map((fault) => {
    const parts = [kindWord(fault.kind), fault.call];
    if (fault.kind === "errcode") parts.push(fault.errcode);
    if (fault.milliseconds) parts.push(`${fault.milliseconds} ms`);
    parts.push(fault.times === null ? "∞" : `× ${fault.times}`);
    if (fault.chance < 1) parts.push(`${Math.round(fault.chance * 100)} %`);
    const off = make("button", say("off")); off.onclick = () => order("fault", { remove: fault.id });
    const item = make("li"); item.append(make("span", parts.join(" · ")), off); return item;
  }));
}

function showLog(id, entries, line) {
  const last = entries.slice(-60).reverse();
  replaceIfNew(by(id), JSON.stringify([last.map((one) => one.number), language]), () => last.map(line));
}

function pushLine(push) {
  const took = push.attempts.map((one) => `${one.status ?? "—"} ${Math.round(one.milliseconds)} ms`).join(", ");
  const item = make("li", `${time(push.at)} ${push.kind} → ${[say(push.understood), ...push.faults.map(kindWord)].join(" · ")}`);
  if (push.attempts.length && !push.accepted) item.className = "bad";
  item.append(make("code", [took, push.reason || push.answer].filter(Boolean).join(" · ")));
  return item;
}

function callLine(call) {
  const path = call.path.replace("/cgi-bin/", "");
  const item = make("li", `${time(call.at)} ${path} ${call.status ?? "—"} ${call.errcode ?? ""} ${[`${Math.round(call.milliseconds)} ms`, ...call.faults.map(kindWord)].join(" · ")}`);
  if (call.status !== 200 || call.errcode) item.className = "bad";
  if (call.asked) item.append(make("code", call.asked));
  if (call.answer) item.append(make("code", call.answer));
  return item;
}

async function showChat() {
  for (const id of ["write", "enter"]) by(id).querySelectorAll("input, button").forEach((one) => { one.disabled = !chosen; });
  for (const id of ["picture", "file", "card", "blocked", "refuses", "tool-accept", "tool-close"]) by(id).disabled = !chosen;
  if (!chosen) { by("who").textContent = say("pick"); return; }
  const { customer, chat } = await get(`chat?${new URLSearchParams(chosen)}`);
  by("who").textContent = customer.openid;
  by("allowance").textContent = allowance(customer);
  by("blocked").checked = customer.blocked; by("refuses").checked = customer.refuses;
  by("session").textContent = say(customer.session);
  const box = by("chat"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 8;
  const changed = replaceIfNew(box, JSON.stringify([chosen, chat.length, customer.typing, language]), () => {
    const items = chat.map(bubble);
    if (customer.typing) items.push(make("li", say("typing"), "notice"));
    return items;
  });
  if (changed && (atEnd || fresh)) { box.scrollTop = box.scrollHeight; fresh = false; }
}

function bubble(line) {
  const item = make("li", undefined, line.side);
  if (line.kind === "image") {
    const picture = make("img"); picture.alt = say("picture_word");
    picture.src = `/pictures/${encodeURIComponent(line.content.media_id)}`; item.append(picture);
  } else if (line.kind === "enter") {
    item.append(say("entered") + (line.content.content ? ` · ${line.content.content}` : ""));
  } else if (line.kind === "miniprogrampage" || line.kind === "link") {
    item.append(`[${say(line.kind === "link" ? "link_word" : "card_word")}] ${line.content.title ?? ""}`);
    item.append(make("small", line.content.url || line.content.pagepath || ""));
  } else {
    item.append(line.content.content ?? "");
  }
  const note = [time(line.at), line.side === "tool" && say("tool"), line.to_tool && say("to_tool")].filter(Boolean);
  if (line.side !== "notice") item.append(make("small", note.join(" · ")));
  return item;
}

const number = (id) => (by(id).value === "" ? null : Number(by(id).value));

function connect() {
  by("language").onclick = () => { language = language === "zh" ? "en" : "zh"; localStorage.setItem("language", language); shown = {}; words(); refresh(); };
  by("forward").onchange = () => { const span = Number(by("forward").value); by("forward").value = ""; if (span) order("clock", { forward: span }); };
  by("new-customer").onsubmit = async (event) => {
    event.preventDefault();
    const random = "o" + Array.from(crypto.getRandomValues(new Uint8Array(27)), (one) => "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789_-"[one % 58]).join("");
    chosen = { account: chosen ? chosen.account : "", openid: by("new-openid").value.trim() || random };
    by("new-openid").value = "";
    const told = await order("customer", chosen);
    if (told.account) { chosen.account = told.account; refresh(); }
    by("text").focus();
  };
  by("write").onsubmit = (event) => {
    event.preventDefault();
    if (by("text").value) order("message", { ...chosen, content: by("text").value });
    by("text").value = "";
  };
  by("enter").onsubmit = (event) => { event.preventDefault(); order("enter", { ...chosen, session_from: by("session-from").value }); };
  by("picture").onclick = () => order("message", { ...chosen, type: "image" });
  by("card").onclick = () => order("message", { ...chosen, type: "card", title: "青瓷茶具六件套", page_path: "pages/goods/detail?id=2201" });
  by("file").onchange = async () => {
    const [file] = by("file").files;
    if (!file) return;
    const response = await fetch(`/control/picture?${new URLSearchParams(chosen)}`, { method: "POST", body: file });
    tell(response.ok ? await response.json() : { reason: await response.text(), attempts: [] }, response.ok);
    by("file").value = "";
    refresh();
  };
  for (const id of ["blocked", "refuses"]) by(id).onchange = () => order("customer", { ...chosen, [id]: by(id).checked });
  by("tool-accept").onclick = () => order("tool", { ...chosen, do: "accept" });
  by("tool-close").onclick = () => order("tool", { ...chosen, do: "close" });
  by("fault").onsubmit = (event) => {
    event.preventDefault();
    order("fault", {
      kind: by("kind").value, call: by("call").value, times: number("times"), errcode: number("errcode") ?? -1,
      milliseconds: number("milliseconds") ?? 0, seconds: number("seconds"), chance: (number("chance") ?? 100) / 100,
    });
  };
  by("kind").onchange = showFaultFields;
}

function showFaultFields() {
  const kind = by("kind").value, atPush = Object.keys(KINDS).indexOf(kind) > Object.keys(KINDS).indexOf("truncated");
  by("call").hidden = atPush;
  by("errcode").parentElement.hidden = kind !== "errcode";
  by("milliseconds").parentElement.hidden = !["latency", "delay", "reorder", "timeout_before", "timeout_after"].includes(kind);
}

words();
connect();
showFaultFields();
refresh();
setInterval(() => refresh().catch(() => undefined), 1000);
