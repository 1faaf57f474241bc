// The documents of a case: pages that are loaded when they come into view, and boxes around what is cited.

const sheets = document.getElementById("sheets");
const figures = [...sheets.querySelectorAll(".sheet")];
const kept = 40; // pages that stay loaded; those left longest ago go first
const loaded = new Map(); // of each figure what the server said of its page, in the order of last use
let marked = []; // [document, page, start, end]

const name = (document_, page) => `p-${document_}-${page}`;

async function load(figure) {
  if (loaded.has(figure)) {
    const known = loaded.get(figure);
    loaded.delete(figure);
    loaded.set(figure, known);
    return known;
  }
  const leaf = figure.querySelector(".leaf");
  const wait = fetch(figure.dataset.at).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  });
  loaded.set(figure, wait);
  try {
    draw(figure, leaf, await wait);
    mark(figure);
  } catch {
    loaded.delete(figure);
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "The page could not be loaded. Try again";
    again.addEventListener("click", () => load(figure));
    leaf.replaceChildren(again);
  }
  forget();
  return wait;
}

function forget() {
  for (const figure of loaded.keys()) {
    if (loaded.size <= kept) return;
    if (inView.has(figure)) continue;
    loaded.delete(figure);
    figure.querySelector(".leaf").replaceChildren(); // its proportions stay, so that nothing moves
  }
}

/** Characters of a text as the server counts them: a script counts some as two. */
function part(text, start, end) {
  return /[\ud800-\udbff]/.test(text) ? [...text].slice(start, end).join("") : text.slice(start, end);
}

function draw(figure, leaf, page) {
  leaf.classList.toggle("paper", page.width > 0);
  if (!page.width) {
    const text = document.createElement("pre");
    text.textContent = page.text;
    leaf.replaceChildren(text);
    return;
  }
  leaf.style.aspectRatio = `${page.width} / ${page.height}`;
  const image = new Image();
  image.alt = `${figure.dataset.name}, as a picture; its text follows`;
  image.src = `${figure.dataset.at}/picture`;
  const layer = document.createElement("div");
  layer.className = "text-layer";
  for (const [start, end, left, top, right, bottom] of page.words) {
    const word = document.createElement("span");
    word.className = "w";
    word.dataset.start = start;
    word.dataset.end = end;
    word.textContent = `${part(page.text, start, end)} `;
    place(word, left, top, right, bottom);
    word.style.fontSize = `${((bottom - top) * page.height * 80) / page.width}cqw`;
    layer.append(word);
  }
  leaf.replaceChildren(image, layer);
}

function place(element, left, top, right, bottom) {
  element.style.left = `${left * 100}%`;
  element.style.top = `${top * 100}%`;
  element.style.width = `${(right - left) * 100}%`;
  element.style.height = `${(bottom - top) * 100}%`;
}

/** Box what is cited on a page that is loaded. */
async function mark(figure) {
  const page = await loaded.get(figure);
  const leaf = figure.querySelector(".leaf");
  leaf.querySelectorAll(".box").forEach((box) => box.remove());
  const here = marked.filter(([document_, number]) => name(document_, number) === figure.id);
  if (page.width) here.forEach(([, , start, end]) => boxes(leaf, page.words.filter((word) => word[0] < end && start < word[1])));
  else if (here.length || leaf.querySelector("mark")) markText(leaf, page.text, here);
}

function boxes(leaf, words) {
  let line = null;
  const lines = [];
  for (const [, , left, top, right, bottom] of words) {
    const middle = (top + bottom) / 2;
    if (line && line[1] <= middle && middle <= line[3] && left >= line[0]) {
      line = [line[0], Math.min(line[1], top), Math.max(line[2], right), Math.max(line[3], bottom)];
      lines[lines.length - 1] = line;
    } else lines.push((line = [left, top, right, bottom]));
  }
  for (const line_ of lines) {
    const box = document.createElement("div");
    box.className = "box";
    place(box, ...line_);
    leaf.append(box);
  }
}

function markText(leaf, text, here) {
  const parts = [];
  let at = 0;
  for (const [, , start, end] of [...here].sort((one, other) => one[2] - other[2])) {
    if (start < at) continue;
    const words = document.createElement("mark");
    words.className = "box-text";
    words.textContent = part(text, start, end);
    parts.push(part(text, at, start), words);
    at = end;
  }
  leaf.querySelector("pre").replaceChildren(...parts, part(text, at));
}

/** Show the first of the places, and box them all. */
async function show(spans) {
  marked = spans;
  if (!spans.length) return;
  const first = document.getElementById(name(spans[0][0], spans[0][1]));
  if (!first) return;
  await load(first);
  for (const figure of loaded.keys()) await mark(figure);
  (first.querySelector(".box, .box-text") ?? first).scrollIntoView({ block: "center", inline: "nearest" });
}

// Which pages are in view.

const inView = new Set();
const near = new IntersectionObserver((seen) => seen.forEach((one) => one.isIntersecting && load(one.target)), { root: sheets, rootMargin: "100% 0px" });
const where = document.getElementById("where");
const over = new IntersectionObserver(
  (seen) => {
    seen.forEach((one) => (one.isIntersecting ? inView.add(one.target) : inView.delete(one.target)));
    const top = figures.find((figure) => inView.has(figure));
    if (top) where.textContent = `${figures.indexOf(top) + 1} of ${figures.length}`;
  },
  { root: sheets, rootMargin: "-20% 0px -60% 0px" },
);
figures.forEach((figure) => (near.observe(figure), over.observe(figure)));

document.getElementById("jump").addEventListener("change", (event) => document.getElementById(event.target.value).scrollIntoView());

let zoom = 1;
document.querySelectorAll("[data-zoom]").forEach((button) =>
  button.addEventListener("click", () => {
    const by = Number(button.dataset.zoom);
    zoom = by ? Math.min(Math.max(zoom * (by > 0 ? 1.25 : 0.8), 0.5), 4) : 1;
    sheets.style.setProperty("--zoom", zoom);
  }),
);

const thumbs = document.getElementById("thumbs");
const showThumbs = document.getElementById("show-thumbs");
showThumbs.addEventListener("click", () => {
  thumbs.hidden = !thumbs.hidden;
  showThumbs.setAttribute("aria-expanded", String(!thumbs.hidden));
  if (thumbs.childElementCount) return;
  for (const figure of figures) {
    const link = document.createElement("a");
    link.href = `#${figure.id}`;
    const image = new Image();
    image.loading = "lazy";
    image.alt = "";
    image.src = `${figure.dataset.at}/picture?small=1`;
    image.addEventListener("error", () => image.remove());
    link.append(image, `${figure.dataset.document}, ${figure.dataset.page}`);
    thumbs.append(link);
  }
});

// What is chosen beside the documents is shown on them.

document.addEventListener("chosen", (event) => show(JSON.parse(event.target.dataset.spans || "[]")));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-spans], #thumbs a");
  if (link) {
    event.preventDefault();
    if (link.dataset.spans) show(JSON.parse(link.dataset.spans));
    else document.getElementById(link.hash.slice(1)).scrollIntoView();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-item]")) show(JSON.parse(event.target.dataset.spans || "[]"));
});

// Words that are selected on a page can be used as evidence.

const use = document.getElementById("use");
let chosen = null;

function selection() {
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
  if (!range || range.collapsed || !sheets.contains(range.commonAncestorContainer)) return null;
  const figure = (range.startContainer.parentElement ?? sheets).closest(".sheet");
  if (!figure || figure !== (range.endContainer.parentElement ?? sheets).closest(".sheet")) return null;
  const text = figure.querySelector("pre");
  let start, end;
  if (text) {
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    start = [...before.toString()].length;
    end = start + [...range.toString()].length;
  } else {
    const words = [...figure.querySelectorAll(".w")].filter((word) => range.intersectsNode(word) && touches(range, word));
    if (!words.length) return null;
    start = Number(words[0].dataset.start);
    end = Number(words.at(-1).dataset.end);
  }
  return { figure, start, end, quote: range.toString().trim() };
}

/** Whether more of a word is selected than its edge. */
function touches(range, word) {
  const whole = document.createRange();
  whole.selectNodeContents(word);
  return range.compareBoundaryPoints(Range.END_TO_START, whole) < 0 && range.compareBoundaryPoints(Range.START_TO_END, whole) > 0;
}

if (use) {
  document.addEventListener("selectionchange", () => {
    const found = selection();
    if (found) chosen = found;
    if (found) use.hidden = false;
  });
  const done = () => {
    getSelection().removeAllRanges(); // else it is offered again with the next click
    use.hidden = true;
  };
  document.getElementById("use-not").addEventListener("click", done);
  document.getElementById("use-go").addEventListener("click", async () => {
    const desk = document.getElementById("desk");
    await window.htmx.ajax("GET", `/cases/${desk.dataset.case}/tabs/evidence`, { target: "#desk", swap: "outerHTML" });
    const form = document.querySelector("#add-fact form");
    document.getElementById("add-fact").open = true;
    const { figure, start, end, quote } = chosen;
    Object.entries({ document: figure.dataset.document, page: figure.dataset.page, start, end }).forEach(([field, value]) => (form.elements[`place.${field}`].value = value));
    const words = document.getElementById("add-quote");
    words.textContent = quote;
    words.hidden = false;
    const asked = document.getElementById("use-for").selectedOptions[0];
    form.elements.reason.value = asked?.value ? `Evidence for criterion ${asked.textContent.split(".")[0]}` : "";
    form.elements["set.value"].value = quote.slice(0, 500);
    done();
    form.elements.kind.focus();
  });
}
