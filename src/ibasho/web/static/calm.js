// Six small things, all of which a page also works without: leaving at once, a veil over a page that
// was left lying open, words that can be shown, a form that is sent once, no page that comes back
// from the browser's memory, and help without a connection.
// Elements are looked up when they are needed: htmx may have put another page in their place.

const page = document.body;
const find = (what) => document.querySelector(what);

// --- Leave this page: by the link, or Shift three times within five seconds (DOMAIN 5.1) ---

// With a connection the answer clears all of this as well, in most browsers.
async function forget() {
  indexedDB.deleteDatabase("n");
  for (const name of await caches.keys()) await caches.delete(name);
  await (await navigator.serviceWorker.getRegistration())?.unregister();
}

function leave() {
  const way = navigator.onLine ? (find("a.leave")?.href ?? "/") : "about:blank";
  const moment = new Promise((done) => setTimeout(done, 150));
  const cover = document.createElement("div");
  cover.className = "veil";
  page.replaceChildren(cover);
  const go = () => location.replace(way);
  Promise.race([forget(), moment]).then(go, go);
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("a.leave") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    leave();
  }
});

let presses = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") {
    presses = []; // a capital letter is not a wish to leave
  } else if (!event.repeat) {
    const now = Date.now();
    presses = [...presses.filter((then) => now - then < 5000), now];
    if (presses.length === 3) leave();
  }
});

// --- The veil: what was typed stays beneath it, unseen and out of reach ---

let touched = Date.now();
let typed = false;
let place = 0;

function cover(on) {
  const veil = find("#veil");
  if (on) place = scrollY;
  // Hidden, not only inert: a page can be printed, saved, or read by a reader view through any veil.
  for (const part of page.children) if (part !== veil) part.hidden = part.inert = on;
  veil.hidden = !on;
  touched = Date.now();
  find(on ? "#veil-word" : "#main").focus({ preventScroll: true });
  if (!on) scrollTo(0, place);
}

function look() {
  const veil = find("#veil[hidden]");
  if (veil && Date.now() - touched >= veil.dataset.lockAfter * 1000) cover(true);
}

async function sayTheWord(form) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Veil": "1" },
    redirect: "manual",
  }).catch(() => null);
  form.elements.word.value = "";
  find("#veil-said p").hidden = true;
  if (response?.status === 204) {
    cover(false);
  } else if (response && !typed) {
    location.reload(); // the server knows what to ask for now
  } else {
    find("#veil-said p").hidden = false;
    form.elements.word.focus();
  }
}

for (const kind of ["pointerdown", "keydown", "scroll", "input"]) {
  const notice = (event) => {
    touched = Date.now();
    if (kind === "input") typed ||= !event.target.closest("#veil");
  };
  document.addEventListener(kind, notice, { passive: true, capture: true });
}
setInterval(look, 1000);
document.addEventListener("visibilitychange", look); // a sleeping phone wakes covered

// --- Words are typed as dots; a tick shows them ---

page.classList.add("scripted"); // the tick stands only where it does something
document.addEventListener("change", (event) => {
  const tick = event.target;
  if (!tick.matches(".show")) return;
  tick.closest(".field").querySelector("input").type = tick.checked ? "text" : "password";
});

// --- A form is sent once, whoever sends it ---

function submit(event) {
  const form = event.target;
  if (form.closest("#veil")) {
    event.preventDefault();
    sayTheWord(form);
  } else if (form.method === "post" && form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (form.method === "post") {
    typed = false;
    form.dataset.sent = "1";
    const again = () => delete form.dataset.sent;
    form.addEventListener("htmx:afterRequest", again, { once: true });
    setTimeout(again, 8000); // a connection that broke must not keep anybody from trying again
  }
}
document.addEventListener("submit", submit, { capture: true });

// --- A page that htmx put in place of another begins at its top, like any other ---

document.addEventListener("htmx:pushedIntoHistory", () => {
  scrollTo(0, 0);
  find("#main").focus({ preventScroll: true });
});

// --- The browser's memory of a page is not shown again after leaving ---

addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// --- Help opens without a connection, once it was open with one ---

if (find("link[rel=manifest]")) {
  addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}));
}
addEventListener("beforeinstallprompt", (event) => event.preventDefault()); // an icon is a receipt: nobody is asked
