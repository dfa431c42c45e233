// This browser's own bell: asks the browser for a subscription, and puts what it gave into the form's hidden fields.
// On the page that lists them, says which one is this browser's; turned off there, the browser forgets it too.

const patience = 20_000; // milliseconds
const find = (what) => document.querySelector(what);
const form = find("#subscribe");
const can = "serviceWorker" in navigator && "PushManager" in self && "Notification" in self;

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (raw) =>
  btoa(String.fromCharCode(...new Uint8Array(raw))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const same = (one, other) => text(one) === text(other);

async function ready() {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  return (await navigator.serviceWorker.ready).pushManager;
}

function say(what) {
  delete form.dataset.sent; // it can be tried again at once
  for (const one of form.querySelectorAll("[data-said]")) one.hidden = one.dataset.said !== what;
}

async function make() {
  const manager = await ready();
  const applicationServerKey = bytes(form.dataset.sender);
  const before = await manager.getSubscription();
  // One made for another key, as after a move of this place, would never be rung.
  if (before && !same(before.options.applicationServerKey ?? new Uint8Array(), applicationServerKey)) {
    await before.unsubscribe();
  }
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

async function subscribe(event) {
  event.preventDefault();
  say("");
  if ((await Notification.requestPermission()) !== "granted") return say("no");
  say("wait");
  try {
    // A service that cannot be reached is asked for minutes, without a word.
    const made = await Promise.race([make(), new Promise((_, fail) => setTimeout(fail, patience))]);
    form.elements.endpoint.value = made.endpoint;
    form.elements.key.value = text(made.getKey("p256dh"));
    form.elements.auth.value = text(made.getKey("auth"));
  } catch {
    return say("service");
  }
  form.submit(); // without the event, so that nothing holds it up
}

async function know() {
  const registration = await navigator.serviceWorker.getRegistration();
  const mine = await registration?.pushManager.getSubscription();
  if (!mine) return;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(mine.endpoint));
  const mark = Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");
  const card = find(`[data-mark="${mark}"]`);
  if (!card) return; // somebody else's, who uses this browser too
  card.querySelector('[data-said="here"]').hidden = false;
  card.parentElement.querySelector("[name=off]").addEventListener("click", () => mine.unsubscribe());
}

if (form && can) {
  find("#without").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", subscribe);
} else if (!form && can) {
  know().catch(() => {});
}
