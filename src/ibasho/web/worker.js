// The service worker. It keeps public pages of help for when there is no connection, and nothing else: no page of
// somebody who is signed in, no answer to a form. `told` stands above: which pages and files, under which version.

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
  const before = [];
  for (const name of await caches.keys()) {
    for (const one of await (await caches.open(name)).keys()) before.push(place(new URL(one.url)));
  }
  // One after the other, so that a slow line is left to whoever reads; begun again, it goes on where it was.
  const there = await caches.open(told.version);
  for (const path of told.pages) if (!(await there.match(path))) await keep(path);
  const visited = before.filter((path) => path.startsWith("/help") && !told.pages.includes(path));
  await Promise.allSettled(visited.map(keep));
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

async function show(event, url) {
  const path = place(url);
  const kept = await caches.match(path);
  const answer = online(event);
  const late = new Promise((done) => kept && setTimeout(() => done(kept.clone()), patience));
  try {
    const first = await Promise.race([answer, late]);
    if (first.ok && url.pathname.startsWith("/help") && first !== kept) event.waitUntil(keep(path).catch(() => {}));
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
  const base = await new Promise((done) => {
    const open = indexedDB.open("n");
    open.onupgradeneeded = () => open.transaction.abort(); // there is none, and none is made
    open.onsuccess = () => done(open.result);
    open.onerror = () => done(null);
  });
  if (!base) return;
  const token = await new Promise((done) => {
    const get = base.transaction("n").objectStore("n").get("k");
    get.onsuccess = () => done(get.result);
    get.onerror = () => done(null);
  });
  base.close();
  if (!token) return;
  const type = "application/octet-stream";
  const how = { method: "POST", body: token, headers: { "Content-Type": type }, credentials: "omit" };
  const answer = await fetch(told.ask, how).catch(() => null);
  if (answer?.status === 410) indexedDB.deleteDatabase("n");
  if (!answer) asked = false;
}

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
