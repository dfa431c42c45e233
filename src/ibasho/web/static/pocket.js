// What is kept on this phone: sealed here, opened here. The PIN and what it opens stand in no store and are sent
// nowhere. Two slots of one size always lie there, in an order nobody can tell; each may be a plan, an empty
// notebook, or random bytes. Plain Web Crypto: PBKDF2-HMAC-SHA-256 and AES-256-GCM (docs/decisions/0010).

const ROUNDS = 600_000;
const SIZES = [4096, 16384, 65536, 262144];
const LEAST = 6; // signs of a PIN
const WAITS = [0, 0, 0, 5, 15, 60, 300]; // seconds after so many wrong PINs, and then always the last
const LONGEST = WAITS.at(-1) * 1000;
const COVER_AFTER = 120_000; // milliseconds out of sight
const CLOSE_AFTER = 600_000; // milliseconds untouched

const find = (what) => document.querySelector(what);
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

// --- The store. Looking whether something is there leaves no empty one behind ---

function base(make) {
  return new Promise((done, fail) => {
    const open = indexedDB.open("n");
    open.onupgradeneeded = () => (make ? open.result.createObjectStore("n") : open.transaction.abort());
    open.onsuccess = () => done(open.result);
    open.onerror = () => (make ? fail(open.error) : done(null));
  });
}

async function use(mode, work, make = false) {
  const opened = await base(make);
  if (!opened) return undefined;
  try {
    return await new Promise((done, fail) => {
      const change = opened.transaction("n", mode);
      const asked = work(change.objectStore("n"));
      change.oncomplete = () => done(asked.result);
      change.onerror = change.onabort = () => fail(change.error);
    });
  } finally {
    opened.close();
  }
}

const get = (key) => use("readonly", (store) => store.get(key));

function clear() {
  return new Promise((done) => {
    const asked = indexedDB.deleteDatabase("n");
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
}

// --- Sealing and opening ---

async function keyOf(pin, salt) {
  const typed = new TextEncoder().encode(pin.normalize("NFKC"));
  const raw = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function seal(pin, content, size) {
  const salt = random(16), nonce = random(12), padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, 4);
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await keyOf(pin, salt), padded);
  padded.fill(0);
  return { salt, nonce, box: new Uint8Array(box) };
}

async function unseal(pin, slot) {
  const key = await keyOf(pin, slot.salt);
  const padded = await crypto.subtle.decrypt({ name: "AES-GCM", iv: slot.nonce }, key, slot.box);
  const length = new DataView(padded).getUint32(0);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(padded, 4, length)));
}

const nobodys = (size) => ({ salt: random(16), nonce: random(12), box: random(size + 16) });

// --- Keeping a plan here ---

function say(which) {
  for (const one of document.querySelectorAll("[data-said]")) one.hidden = one.dataset.said !== which;
}

function unfit(pins) {
  const [pin, again, second, secondAgain] = pins.map((one) => one.normalize("NFKC"));
  if ([...pin].length < LEAST || (second && [...second].length < LEAST)) return "short";
  if (pin !== again || second !== secondAgain) return "differ";
  return second && pin === second ? "same" : "";
}

async function handOver(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (answer?.status === 200 && answer.headers.get("Content-Type") === "application/json") return answer.json();
  return answer?.status === 409 ? "many" : "server";
}

async function keep(form, pins) {
  try {
    const before = await use("readwrite", (store) => store.get("k"), true); // whether anything can be kept here at all
    form.elements.instead.value = before ? btoa(String.fromCharCode(...before)) : "";
  } catch {
    return "store";
  }
  const given = await handOver(form);
  if (typeof given === "string") {
    if (!form.elements.instead.value) await clear();
    return given;
  }
  const content = new TextEncoder().encode(JSON.stringify(given.copy));
  const size = SIZES.find((one) => one >= content.length + 4);
  if (!size) return "server";
  const empty = new TextEncoder().encode("{}");
  const slots = [await seal(pins[0], content, size)];
  slots.push(pins[2] ? await seal(pins[2], empty, size) : nobodys(size));
  content.fill(0);
  if (random(1)[0] & 1) slots.reverse();
  const token = Uint8Array.from(atob(given.token), (one) => one.charCodeAt(0));
  try {
    await use("readwrite", (store) => {
      store.put(slots, "s");
      store.put({ count: 0, until: 0 }, "w");
      return store.put(token, "k");
    }, true);
  } catch {
    return "store";
  }
  await navigator.storage?.persist?.().catch(() => false);
  return "";
}

function prepareKeeping(form) {
  const fields = ["#pin", "#again", "#second", "#second-again"].map(find);
  find("#without").hidden = true;
  form.hidden = false;
  find("#show").addEventListener("change", (event) => {
    for (const field of fields) field.type = event.target.checked ? "text" : "password";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pins = fields.map((field) => field.value);
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    const wrong = unfit(pins) || (await keep(form, pins));
    button.disabled = false;
    delete form.dataset.sent; // calm.js sends a form once; this one may be tried again
    say(wrong);
    if (wrong) return;
    for (const field of fields) field.value = "";
    form.hidden = true;
    find("#kept").hidden = false;
    find("#kept").focus();
  });
}

// --- Opening it ---

// Counted before it is tried, in one step with looking, so that neither a reload nor a second tab tries for free.
async function takeTry() {
  let wait = 0;
  await use("readwrite", (store) => {
    const asked = store.get("w");
    asked.onsuccess = () => {
      const now = Date.now();
      const { count, until } = asked.result ?? { count: 0, until: 0 };
      wait = Math.min(until - now, LONGEST);
      // A clock that was wrong and is right again shuts nobody out for longer than five minutes.
      if (until - now > LONGEST) store.put({ count, until: now + LONGEST }, "w");
      if (wait > 0) return;
      const next = count + 1;
      store.put({ count: next, until: now + (WAITS[next] ?? WAITS.at(-1)) * 1000 }, "w");
    };
    return asked;
  });
  return Math.max(0, wait);
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function ways(step, words) {
  const row = element("div", "", "buttons");
  for (const [href, word, kind] of [[step.tel, words.call, "button"], [step.sms, words.text, "button soft"]]) {
    if (!/^(tel|sms):\S+$/.test(href ?? "")) continue; // nothing else may be an address here
    const way = element("a", word, kind);
    way.href = href;
    way.append(element("span", `, ${step.text}`, "hidden"));
    row.append(way);
  }
  return row.children.length ? [row] : [];
}

function part(one, words) {
  const card = element("section", "", "card");
  card.append(element("h3", one.title));
  for (const step of one.steps) card.append(element("p", step.text, "said"), ...ways(step, words));
  return card;
}

const canCall = (one) => one.steps.some((step) => step.tel || step.sms);
let at = -1; // which part is shown alone; -1 shows them all

function turn(to) {
  const cards = [...find("#parts").children];
  const words = find("#open").dataset;
  at = Math.max(-1, Math.min(to, cards.length - 1));
  cards.forEach((card, place) => (card.hidden = at >= 0 && place !== at));
  find("#back").hidden = at < 1;
  find("#on").hidden = at < 0 || at === cards.length - 1;
  find("#way").hidden = cards.length < 2;
  find("#way").textContent = at < 0 ? words.one : words.all;
}

function show(content) {
  const open = find("#open"), words = open.dataset;
  let parts = content.parts ?? [];
  if (new URLSearchParams(location.search).has("call")) {
    parts = [...parts.filter(canCall), ...parts.filter((one) => !canCall(one))];
  }
  open.querySelector("h2").textContent = content.parts ? words.plan : words.notes;
  open.querySelector("p").textContent = content.parts ? words.made.replace("{day}", content.made_on) : words.empty;
  find("#parts").replaceChildren(...parts.map((one) => part(one, words)));
  turn(-1);
  find("#locked").hidden = true;
  open.hidden = false;
  open.querySelector("h2").focus();
}

function close() {
  find("#parts").replaceChildren();
  for (const said of find("#open").querySelectorAll("h2, p")) said.textContent = "";
  find("#pin").value = "";
  if (find("#open").hidden) return;
  find("#open").hidden = true;
  find("#locked").hidden = false;
}

function mayTryIn(wait) {
  const said = find("#pin-said"), button = find("#locked button");
  button.disabled = wait > 0;
  if (wait <= 0) return;
  const until = Date.now() + wait;
  const count = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    said.textContent = left > 0 ? said.dataset.wait.replace("{time}", time) : "";
    if (left > 0) setTimeout(count, 500);
  };
  count();
}

async function tryPin(event) {
  event.preventDefault();
  const field = find("#pin"), said = find("#pin-said"), button = find("#locked button");
  const pin = field.value;
  if (!pin || button.disabled) return;
  button.disabled = true;
  said.textContent = said.dataset.busy;
  const wait = await takeTry();
  if (wait > 0) return mayTryIn(wait);
  const slots = (await get("s")) ?? [];
  const opened = await Promise.all(slots.map((slot) => unseal(pin, slot).catch(() => null)));
  field.value = "";
  button.disabled = false;
  const found = opened.find((one) => one);
  if (found) {
    await use("readwrite", (store) => store.put({ count: 0, until: 0 }, "w"));
    said.textContent = "";
    return show(found);
  }
  said.textContent = said.dataset.wrong;
  const { until } = (await get("w")) ?? { until: 0 };
  mayTryIn(until - Date.now());
  if (!button.disabled) field.focus();
}

async function remove() {
  close();
  await clear();
  for (const one of ["#locked", "#open", "#remove", "#nothing"]) find(one).hidden = true;
  find("#gone").hidden = false;
}

// Whether it is still wanted. No answer means yes: without a connection nothing is ever removed.
async function ask() {
  const token = await get("k");
  if (!token) return;
  const headers = { "Content-Type": "application/octet-stream" };
  const how = { method: "POST", body: token, headers, credentials: "omit" };
  const answer = await fetch(`${location.pathname}/ask`, how).catch(() => null);
  if (answer?.status === 410) await remove();
}

async function prepareOpening() {
  find("#without").hidden = true;
  const slots = await get("s").catch(() => null);
  if (!slots) {
    find("#nothing").hidden = false;
    return;
  }
  find("#locked").hidden = find("#remove").hidden = false;
  find("#locked form").addEventListener("submit", tryPin);
  find("#remove button").addEventListener("click", remove);
  find("#close").addEventListener("click", close);
  find("#way").addEventListener("click", () => turn(at < 0 ? 0 : -1));
  find("#back").addEventListener("click", () => turn(at - 1));
  find("#on").addEventListener("click", () => turn(at + 1));
  addEventListener("pagehide", close);
  let timer = 0;
  const later = (after) => {
    clearTimeout(timer);
    timer = setTimeout(close, after);
  };
  let gone = 0;
  document.addEventListener("visibilitychange", () => {
    // A sleeping phone sleeps through its timers, so waking looks at the clock.
    if (document.hidden) gone = Date.now();
    else if (Date.now() - gone >= COVER_AFTER) close();
    later(document.hidden ? COVER_AFTER : CLOSE_AFTER);
  });
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(kind, () => later(CLOSE_AFTER), { passive: true, capture: true });
  }
  const { until } = (await get("w")) ?? { until: 0 };
  if (until - Date.now() <= LONGEST) mayTryIn(until - Date.now());
  await ask();
}

if (find("#seal")) prepareKeeping(find("#seal"));
if (find("#locked")) prepareOpening();
