// Live reload and comfort for the preview; without it every link and form still works.
"use strict";

const PLACES = "digest preview: places";
const frames = () => [...document.querySelectorAll("iframe")];

// What scrolls, in an order that the next version of the page has too.
function scrollers() {
  return [document.scrollingElement, document.querySelector("main"), document.querySelector("aside"),
    ...frames().map((frame) => frame.contentDocument?.scrollingElement)];
}

function remember() {
  const places = scrollers().map((element) => element?.scrollTop ?? 0);
  sessionStorage.setItem(PLACES, JSON.stringify({ at: location.search, places }));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(PLACES) ?? "null");
  sessionStorage.removeItem(PLACES);
  if (kept?.at !== location.search) return;
  scrollers().forEach((element, index) => { if (element) element.scrollTop = kept.places[index] ?? 0; });
}

let changes;

function listen() {
  changes?.close();
  if (document.hidden) return; // a browser keeps only a few connections to one server
  const live = document.querySelector(".live");
  changes = new EventSource("/changes");
  changes.onopen = () => { live.hidden = false; };
  changes.onerror = () => { live.hidden = true; };
  changes.onmessage = (event) => {
    if (event.data === document.body.dataset.version) return;
    changes.close();
    remember();
    location.reload();
  };
}

document.documentElement.classList.add("scripted");
document.querySelectorAll("form[data-at-once]").forEach((form) => {
  form.addEventListener("change", () => form.requestSubmit());
});
window.addEventListener("load", () => { restore(); listen(); });
document.addEventListener("visibilitychange", listen);
