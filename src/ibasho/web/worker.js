// The service worker. It keeps the public pages on its list for when there is no connection, and nothing else: nothing
// that was merely visited, no page of somebody who is signed in, no answer to a form. `told` stands above: which pages
// and files, under which version.

const here = location.origin;
const patience = 2500; // milliseconds until the kept copy is shown instead

// A page is kept under its path. Only the choice of a country makes another page of the same path.
function place(url) {
  return url.pathname + (/^\?country=[A-Za-z]{2}$/.test(url.search) ? url.search : "");
}

// Asked for with this header, the server answers as it would a stranger: no name, no veil, no form.
function fresh(path) {
  return fetch(path, { headers: { "X-Offline": "1" }, cache: "no-store", redirect: "error" });
}

async function keep(path) {
  const answer = await fresh(path);
  if (answer.status !== 200) throw new Error(); // then the worker before this one stays, with all it has
  await (await caches.open(told.version)).put(path, answer);
}

async function install() {
  // One after the other, so that a slow line is left to whoever reads; begun again, it goes on where it was.
  const there = await caches.open(told.version);
  for (const path of told.pages) if (!(await there.match(path))) await keep(path);
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name !== told.version) await caches.delete(name);
  await registration.navigationPreload?.enable();
  await clients.claim();
}

// The browser's own request comes first: it carries the cookies this visit may send, and no others.
async function online(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

// What is kept is kept anew when it was seen; what shows the country somebody chose, also after the pages that a choice,
// or taking it back, leads to.
function renew(path) {
  const chosen = told.choice.some((one) => path.startsWith(one));
  const seen = told.pages.includes(path) ? [path] : [];
  return Promise.allSettled((chosen ? told.country : seen).map(keep));
}

async function show(event, url) {
  const path = place(url);
  const kept = await caches.match(path);
  const answer = online(event);
  event.waitUntil(answer.then((one) => one.ok && renew(path), () => {}));
  const late = new Promise((done) => kept && setTimeout(() => done(kept.clone()), patience));
  try {
    const first = await Promise.race([answer, late]);
    event.waitUntil(ask());
    return first.status >= 500 && kept ? kept : first; // a proxy may answer for a server that does not
  } catch {
    return kept ?? (await caches.match(told.offline)) ?? Response.error();
  }
}

// Whether what lies in this browser's store is still wanted: once for each time the worker wakes. No answer means yes.
let asked = false;

async function ask() {
  if (asked || !told.ask) return;
  asked = true;
  const [token, until] = await look();
  if (!token) return;
  const type = "application/octet-stream";
  const how = { method: "POST", body: token, headers: { "Content-Type": type }, credentials: "omit" };
  const answer = await fetch(told.ask, how).catch(() => null);
  if (!answer) asked = false;
  const over = [202, 204].includes(answer?.status) && Date.now() > until; // by this phone's clock, not by the server's
  if (!over && answer?.status !== 410) return;
  // As pocket.js does it: only what was asked about, and never while something is being kept.
  const drop = async () => {
    if ((await look(token))[2] && navigator.locks) indexedDB.deleteDatabase("n");
  };
  await (navigator.locks ? navigator.locks.request("n", drop) : drop());
}

// The token and the last moment of what lies in the store; and, when `drop` is the token, the store is emptied.
function look(drop) {
  return new Promise((done) => {
    const open = indexedDB.open("n");
    open.onupgradeneeded = () => open.transaction.abort(); // there is none, and none is made
    open.onerror = () => done([]);
    open.onsuccess = () => {
      const change = open.result.transaction("n", drop ? "readwrite" : "readonly");
      const store = change.objectStore("n"), token = store.get("k"), until = store.get("u");
      let same = false;
      until.onsuccess = () => {
        same = String(token.result) === String(drop);
        if (same && drop) store.clear();
      };
      change.oncomplete = change.onabort = () => {
        open.result.close();
        done([token.result, until.result, same]);
      };
    };
  });
}

// A ring says one line and which page it leads to. Whatever else comes, or nothing, is the cover name and the front page.
self.addEventListener("push", (event) => {
  let said;
  try {
    said = event.data.json();
  } catch {}
  const { t, p } = said ?? {};
  const data = typeof p === "string" ? p : "/";
  const line = typeof t === "string" ? t : told.cover;
  event.waitUntil(registration.showNotification(line, { icon: told.icon, tag: "n", data }));
});
self.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  const url = new URL(notification.data, here);
  notification.close();
  event.waitUntil(clients.openWindow(url.origin === here ? url.href : "/"));
});
self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== here || url.pathname === told.leave) return;
  if (request.mode === "navigate") event.respondWith(show(event, url));
  else if (told.pages.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  }
});
