// Four small things, all of which a page also works without: leaving at once, a veil over a page that
// was left lying open, a form that is sent once, and no page that comes back from the browser's memory.

const page = document.body;
const veil = document.getElementById("veil");

// --- Leave this page: by the link, or Shift three times within five seconds (DOMAIN 5.1) ---

function leave() {
  const cover = document.createElement("div");
  cover.className = "veil";
  page.replaceChildren(cover);
  location.replace(way);
}

const way = document.querySelector("a.leave")?.href ?? "/";

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

const wait = Number(page.dataset.lockAfter ?? 0) * 1000;
let touched = Date.now();
let typed = false;

function others(inert) {
  for (const part of page.children) if (part !== veil) part.inert = inert;
}

function draw() {
  if (!veil.hidden) return;
  others(true);
  veil.hidden = false;
  veil.querySelector("input[name=word]").focus();
}

function lift() {
  veil.hidden = true;
  others(false);
  touched = Date.now();
  document.getElementById("main").focus({ preventScroll: true });
}

async function answer(event) {
  event.preventDefault();
  const form = event.target;
  const said = document.querySelector("#veil-said p");
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Veil": "1" },
    redirect: "manual",
  }).catch(() => null);
  form.elements.word.value = "";
  if (response?.status === 204) {
    said.hidden = true;
    lift();
  } else if (response && !typed) {
    location.reload(); // the server knows what to ask for now
  } else {
    said.hidden = false;
    form.elements.word.focus();
  }
}

if (veil && wait) {
  for (const kind of ["pointerdown", "keydown", "scroll", "input"]) {
    document.addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
  }
  document.addEventListener("input", (event) => (typed ||= !veil.contains(event.target)));
  document.addEventListener("submit", (event) => (typed &&= veil.contains(event.target)));
  const look = () => Date.now() - touched >= wait && draw(); // a sleeping phone wakes covered
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  veil.querySelector("form").addEventListener("submit", answer);
}

// --- A form is sent once ---

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const again = () => delete form.dataset.sent;
  form.addEventListener("htmx:afterRequest", again, { once: true });
  setTimeout(again, 8000); // a connection that broke must not keep anybody from trying again
});

// --- The browser's memory of a page is not shown again after leaving ---

addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
