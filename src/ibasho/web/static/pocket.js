// What is kept on this phone: sealed here, opened here. The PIN and what it opens stand in no store and are sent
// nowhere. Two slots of one size always lie there, in an order nobody can tell; each may be a plan, an empty
// notebook, or random bytes. Plain Web Crypto: PBKDF2-HMAC-SHA-256 and AES-256-GCM (docs/decisions/0010).
// In the store: "s" the slots, "w" how long to wait after wrong PINs, "k" the token that came with the copy, "u" until
// when it is kept by this phone's own clock, "o" tokens of copies that lay here before and are still on the list.

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
      const change = opened.transaction("n", mode, { durability: "strict" });
      const asked = work(change.objectStore("n"));
      change.oncomplete = () => done(asked.result);
      change.onerror = change.onabort = () => fail(change.error);
    });
  } finally {
    opened.close();
  }
}

const get = (key) => use("readonly", (store) => store.get(key));
const same = (one, other) => String(one) === String(other);

function clear() {
  return new Promise((done) => {
    const asked = indexedDB.deleteDatabase("n");
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
}

// Keeping something and dropping what is over never happen at once, whichever tab or worker does them. A browser
// without locks keeps an empty store rather than risk a full one.
const alone = (work) => (navigator.locks ? navigator.locks.request("n", work) : work());

// Empty the store if this token is still the one in it (`undefined`: if nothing is kept in it). Says whether it was.
function drop(token) {
  return alone(async () => {
    let was = false;
    await use("readwrite", (store) => {
      const asked = store.get("k");
      asked.onsuccess = () => {
        was = same(asked.result, token);
        if (was) store.clear();
      };
      return asked;
    });
    if (was && navigator.locks) await clear();
    return was;
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

// Say that the copy of this token lies here no longer. Whether the server heard it.
async function end(form, token) {
  const body = new URLSearchParams({ ended: token, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  return answer?.status === 204;
}

// What lay here before is taken off the list only now that the new copy does; and if nobody hears it, next time.
async function endOld(form) {
  for (const token of (await get("o")) ?? []) {
    if (!(await end(form, token))) return;
    await use("readwrite", (store) => {
      const asked = store.get("o");
      asked.onsuccess = () => asked.result && store.put(asked.result.filter((one) => one !== token), "o");
      return asked;
    });
  }
}

function put(slots, token, days) {
  const work = (store) => {
    const before = store.get("k"), others = store.get("o");
    others.onsuccess = () => {
      const old = others.result ?? [];
      if (before.result) store.put([...old, textOf(before.result)], "o");
      store.put(slots, "s");
      store.put({ count: 0, until: 0 }, "w");
      store.put(Date.now() + days * 86_400_000, "u");
      store.put(token, "k");
    };
    return others;
  };
  return alone(() => use("readwrite", work, true));
}

const textOf = (token) => btoa(String.fromCharCode(...token));

async function keep(form, pins) {
  try {
    const before = await use("readwrite", (store) => store.get("k"), true); // whether anything can be kept here at all
    form.elements.instead.value = before ? textOf(before) : "";
  } catch {
    return "store";
  }
  const given = await handOver(form);
  if (typeof given === "string") {
    await drop(undefined);
    return given;
  }
  const wrong = await sealAndPut(form, pins, given).catch(() => "store");
  if (wrong) {
    await end(form, given.token);
    await drop(undefined).catch(() => false);
    return wrong;
  }
  await endOld(form).catch(() => {});
  await navigator.storage?.persist?.().catch(() => false);
  return "";
}

async function sealAndPut(form, pins, given) {
  const bytes = (said) => new TextEncoder().encode(JSON.stringify(said));
  const content = bytes(given.copy);
  const size = SIZES.find((one) => one >= content.length + 4);
  if (!size) return "server";
  const { title, nothing } = find("#second").dataset;
  const empty = bytes({ made_on: given.copy.made_on, parts: [{ title, steps: [{ text: nothing }] }] });
  const slots = [await seal(pins[0], content, size)];
  slots.push(pins[2] ? await seal(pins[2], empty, size) : nobodys(size));
  content.fill(0);
  if (random(1)[0] & 1) slots.reverse();
  const token = Uint8Array.from(atob(given.token), (one) => one.charCodeAt(0));
  await put(slots, token, form.elements.days.value);
  return "";
}

function prepareKeeping(form) {
  const fields = ["#pin", "#again", "#second", "#second-again"].map(find);
  find("#without").hidden = true;
  form.hidden = false;
  endOld(form).catch(() => {});
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
  card.append(element("h2", one.title));
  for (const step of one.steps) card.append(element("p", step.text, "said"), ...ways(step, words));
  return card;
}

// From wherever somebody reads, one tap to the first person in it who can be rung or written to.
function somebody() {
  const way = [...find("#parts").children].map((card) => card.querySelector("a")).find((one) => one);
  if (at >= 0) turn([...find("#parts").children].indexOf(way.closest(".card")));
  way.scrollIntoView({ block: "center" });
  way.focus({ preventScroll: true });
}

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
  open.querySelector("p").textContent = words.made.replace("{day}", content.made_on);
  find("#parts").replaceChildren(...content.parts.map((one) => part(one, words)));
  find("#somebody").hidden = !find("#parts a");
  turn(-1);
  find("#locked").hidden = true;
  open.hidden = false;
  find("h1").focus();
}

function close() {
  find("#parts").replaceChildren();
  find("#open p").textContent = "";
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
  gone();
}

function gone() {
  close();
  for (const one of ["#locked", "#open", "#remove", "#nothing"]) find(one).hidden = true;
  find("#gone").hidden = false;
}

// Whether it is still wanted. No answer means yes: without a connection nothing is ever removed. That it is over, a
// phone believes only its own clock; that it was ended, the server.
async function ask() {
  const token = await get("k"), until = await get("u");
  if (!token) return;
  const headers = { "Content-Type": "application/octet-stream" };
  const how = { method: "POST", body: token, headers, credentials: "omit" };
  const answer = await fetch(`${location.pathname}/ask`, how).catch(() => null);
  const over = [202, 204].includes(answer?.status) && Date.now() > until;
  if ((answer?.status === 410 || over) && (await drop(token))) gone();
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
  find("#somebody").addEventListener("click", somebody);
  find("#way").addEventListener("click", () => turn(at < 0 ? 0 : -1));
  find("#back").addEventListener("click", () => turn(at - 1));
  find("#on").addEventListener("click", () => turn(at + 1));
  addEventListener("pagehide", close);
  let timer = 0;
  const later = (after) => {
    clearTimeout(timer);
    timer = setTimeout(close, after);
  };
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    // A sleeping phone sleeps through its timers, so waking looks at the clock.
    if (document.hidden) hidden = Date.now();
    else if (Date.now() - hidden >= COVER_AFTER) close();
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
