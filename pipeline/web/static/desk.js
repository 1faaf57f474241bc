// Keys, times and what is in focus, on every page of the desk.

const off = "keys-off";

function items() {
  return [...document.querySelectorAll("[data-item]")].filter((item) => item.offsetParent);
}

/** The item that has the focus, or holds what has it. */
function current() {
  return document.activeElement?.closest("[data-item]");
}

function focusOn(item) {
  const target = item.matches("[tabindex]") ? item : (item.querySelector("[data-open]") ?? item);
  target.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
  item.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
}

function step(by) {
  const all = items();
  if (!all.length) return;
  const at = all.indexOf(current());
  focusOn(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/** Do what a key stands for within the item: send its form, or open what asks for more and go there. */
function act(key) {
  const place = current()?.querySelector(`[data-key="${key}"]`);
  if (!place) return;
  if (place.matches("form")) return place.requestSubmit();
  place.open = true;
  (place.querySelector("input:not([type=hidden]), select, textarea") ?? place.querySelector("summary")).focus();
}

/** Turn to a part of the case; the keyboard is on its name from then on. */
function turnTo(number) {
  const tab = document.querySelector(`[data-tab="${number}"]`);
  tab?.focus({ preventScroll: true });
  tab?.click();
}

function leave() {
  const item = current();
  item?.querySelectorAll("details[open]").forEach((one) => (one.open = false));
  if (item && item !== document.activeElement) focusOn(item);
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => act("a"),
  r: () => act("r"),
  e: () => act("e"),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) return leave();
  if (event.target.closest("input, textarea, select, dialog") || localStorage.getItem(off)) return;
  const does = keys[event.key] ?? (/^[1-5]$/.test(event.key) && (() => turnTo(event.key)));
  if (!does) return;
  event.preventDefault();
  does();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) document.getElementById("help").showModal();
  const clear = event.target.closest("[data-clear]");
  if (clear) document.getElementById(clear.dataset.clear).replaceChildren();
  if (event.target.closest("a, button, summary, input, select, textarea, label")) return;
  const item = event.target.closest("[data-item][tabindex]");
  if (item && !String(getSelection())) focusOn(item);
});

const choice = document.getElementById("keys-on");
if (choice) {
  choice.checked = !localStorage.getItem(off);
  choice.addEventListener("change", () => (choice.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1")));
}

/** Times are told where the reader is; days stay as they are. */
function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime*='T']")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  }
}
localTimes(document);

// After a change the reader is where he was: on the same item, or on the one that took its place; else on the tab.
let was = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const item = event.target.closest("[data-item]");
  was = { id: item?.id, at: items().indexOf(item), focus: document.activeElement };
  document.getElementById("flash").replaceChildren();
});
document.addEventListener("htmx:afterSettle", (event) => {
  localTimes(event.target);
  if (event.target.closest("#hits")) return;
  const { id, at, focus } = was ?? {};
  was = null;
  if (event.target.closest("#flash")) return focus?.focus();
  const item = document.getElementById(id) ?? items()[at];
  if (item) focusOn(item);
  else if (document.activeElement === document.body) document.querySelector(".tabs [aria-current]")?.focus();
});
document.addEventListener("htmx:sendError", () => {
  const told = document.createElement("div");
  told.className = "flash bad";
  told.setAttribute("role", "alert");
  told.textContent = "The desk could not be reached. Nothing was changed; try again.";
  document.getElementById("flash").replaceChildren(told);
});
