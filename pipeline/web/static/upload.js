// The upload page: files are sent in pieces, at most three at a time, and every row says what became of its file.
// The protocol is described in pipeline/web/uploads.py.

const AT_ONCE = 3;
const TRIES = 4; // of one piece, before a person is asked to try again
const LITTER = new Set(["thumbs.db", "desktop.ini"]);
const OUTCOMES = {
  case: ["good", "In a case"],
  duplicate: ["good", "It has come before"],
  unassigned: ["warn", "Waits for a person to say whose it is"],
  ignored: ["warn", "Not used"],
  quarantined: ["bad", "Could not be read"],
  refused: ["bad", "Refused"],
};
const csrf = document.querySelector('meta[name="csrf"]').content;
const at = (id) => document.getElementById(id);
const rows = [];
const early = []; // told of uploads whose announcement is not answered yet
let running = 0;
let announcing = 0;

// A row: the file as chosen (none after a reload), the upload as the server told it, and what happens here.

function makeRow(name, size) {
  const item = at("row").content.firstElementChild.cloneNode(true);
  const row = { name, size, item, file: null, told: null, doing: "", said: "", offset: 0, turn: 0, request: null };
  item.querySelector(".upload-name").textContent = name;
  item.querySelector(".upload-size").textContent = megabytes(size);
  item.querySelector("progress").setAttribute("aria-label", `Progress of ${name}`);
  for (const button of item.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.textContent} ${name}`);
    button.addEventListener("click", () => actions[button.dataset.do](row));
  }
  rows.push(row);
  at("uploads").prepend(item);
  return row;
}

const actions = {
  pause(row) {
    row.doing = "paused";
    row.request?.abort();
    draw(row);
    focusOn(row, "resume");
  },
  resume: (row) => again(row),
  retry: (row) => again(row),
  async remove(row) {
    row.doing = "removed";
    row.request?.abort();
    if (row.told) {
      const answer = await ask("DELETE", `/api/uploads/${row.told.id}`).catch(() => null);
      if (!answer || (answer.status >= 300 && answer.status !== 404)) {
        row.doing = "failed";
        row.said = said(answer);
        draw(row);
        return;
      }
    }
    takeAway(row);
    announce(`${row.name} was removed.`);
  },
};

function again(row) {
  row.doing = "waiting";
  draw(row);
  focusOn(row, "pause");
  pump();
}

function focusOn(row, action) {
  row.item.querySelector(`[data-do="${action}"]`).focus();
}

function takeAway(row) {
  const hadFocus = row.item.contains(document.activeElement);
  rows.splice(rows.indexOf(row), 1);
  row.item.remove();
  if (hadFocus) at("files").focus();
  drawPage();
}

// What the server tells.

function hear(told) {
  let row = rows.find((one) => one.told?.id === told.id);
  if (!row && announcing) {
    early.push(told);
    return;
  }
  if (!row) {
    row = makeRow(told.name, told.size);
    row.doing = told.stage === "uploading" ? "lost" : "";
  }
  const before = row.told?.outcome;
  row.told = told;
  if (told.stage !== "uploading") row.doing = "";
  if (row.doing !== "sending") row.offset = told.offset;
  draw(row);
  if (told.outcome && before !== undefined && before !== told.outcome) announce(`${row.name}: ${OUTCOMES[told.outcome][1]}.`);
  drawPage();
}

function listen() {
  const events = new EventSource("/api/uploads/events");
  events.addEventListener("open", () => trouble(""));
  events.addEventListener("upload", (event) => hear(JSON.parse(event.data)));
  events.addEventListener("removed", (event) => {
    const row = rows.find((one) => one.told?.id === JSON.parse(event.data).id);
    if (row && row.doing !== "removed") takeAway(row);
  });
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return; // it connects again by itself
    trouble("The desk does not answer. It is asked again; if this stays, sign in again.");
    setTimeout(listen, 5000);
  });
}

async function begin() {
  const answer = await ask("GET", "/api/uploads").catch(() => null);
  at("loading").hidden = true;
  if (answer?.status === 200) {
    for (const told of answer.body.toReversed()) hear(told);
  } else {
    trouble(`Your uploads cannot be shown now. ${said(answer)}`);
  }
  drawPage();
  listen();
}

// What a person chooses.

function choose(files) {
  const wanted = [...files].filter((file) => !file.name.startsWith(".") && !LITTER.has(file.name.toLowerCase()));
  for (const file of wanted) {
    const name = file.path || file.webkitRelativePath || file.name;
    let row = rows.find((one) => one.doing === "lost" && one.size === file.size && lastPart(one.name) === lastPart(name));
    row ??= makeRow(name, file.size);
    row.file = file;
    row.doing = "waiting";
    draw(row);
  }
  const left = files.length - wanted.length;
  announce(`${count(wanted.length)} added.${left ? ` ${count(left)} that a system leaves in folders left out.` : ""}`);
  drawPage();
  pump();
}

async function dropped(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [];
  for (const entry of entries) await walk(entry, files);
  choose(files);
}

async function walk(entry, files) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    file.path = entry.fullPath.replace(/^\//, "");
    files.push(file);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const one of some) await walk(one, files);
  }
}

// Sending.

function pump() {
  for (const row of rows) {
    if (running >= AT_ONCE) return;
    if (row.doing !== "waiting" || !row.file) continue;
    running += 1;
    row.doing = "sending";
    row.turn += 1;
    draw(row);
    send(row, row.turn).finally(() => {
      running -= 1;
      draw(row);
      pump();
    });
  }
}

async function send(row, turn) {
  const goesOn = () => row.doing === "sending" && row.turn === turn; // it was not paused, removed, or begun again
  try {
    const begun = row.told ? await current(row) : await announced(row);
    let { offset } = begun;
    while (goesOn() && offset < row.size) offset = await piece(row, offset, begun.chunk, goesOn);
    if (goesOn()) row.doing = "";
  } catch (problem) {
    if (!goesOn()) return;
    row.doing = problem.final ? "refused" : "failed";
    row.said = problem.said ?? "The desk cannot be reached.";
    announce(`${row.name}: ${row.said}`);
  }
}

async function announced(row) {
  announcing += 1;
  try {
    const answer = await ask("POST", "/api/uploads", { name: row.name, size: row.size });
    if (answer.status !== 201) throw refusal(answer);
    row.told = { id: answer.body.id, name: row.name, size: row.size, offset: 0, stage: "uploading", outcome: null };
    row.chunk = answer.body.chunk;
    return answer.body;
  } finally {
    announcing -= 1;
    early.splice(0).forEach(hear);
  }
}

async function current(row) {
  const answer = await ask("GET", `/api/uploads/${row.told.id}`);
  if (answer.status === 404) {
    row.told = null;
    return announced(row);
  }
  if (answer.status !== 200) throw refusal(answer);
  return { offset: answer.body.offset, chunk: row.chunk ?? 1_000_000 };
}

async function piece(row, offset, chunk, goesOn) {
  for (let tried = 1; ; tried += 1) {
    const answer = await put(row, offset, chunk).catch(() => null);
    if (!goesOn()) return offset;
    if (answer?.status === 200) {
      hear(answer.body);
      return answer.body.offset;
    }
    if (answer?.status === 409 && answer.body?.offset !== undefined) return answer.body.offset;
    if ((answer && answer.status < 500) || tried === TRIES) throw refusal(answer);
    await new Promise((done) => setTimeout(done, 1000 * 2 ** tried));
    if (!goesOn()) return offset;
    const { offset: come } = await current(row).catch(() => ({ offset }));
    if (come !== offset) return come;
  }
}

function put(row, offset, chunk) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // which, unlike fetch, tells how far it is
    row.request = request;
    request.open("PATCH", `/api/uploads/${row.told.id}`);
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Upload-Offset", offset);
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.upload.addEventListener("progress", (event) => {
      row.offset = offset + event.loaded;
      draw(row);
    });
    request.addEventListener("load", () => done({ status: request.status, body: parsed(request.responseText) }));
    for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, failed);
    request.send(row.file.slice(offset, offset + chunk));
  });
}

async function ask(method, address, told) {
  const headers = { "X-CSRF-Token": csrf, Accept: "application/json" };
  if (told) headers["Content-Type"] = "application/json";
  const answer = await fetch(address, { method, headers, body: told && JSON.stringify(told) });
  return { status: answer.status, body: parsed(await answer.text()) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(answer) {
  const final = [400, 413, 415].includes(answer?.status);
  return { final, said: said(answer) };
}

function said(answer) {
  if (!answer) return "The desk cannot be reached.";
  if (answer.status === 401 || answer.status === 403) return "You are not signed in, or may not upload. Sign in again.";
  return typeof answer.body?.detail === "string" ? answer.body.detail : "The desk could not do it.";
}

// Drawing.

function draw(row) {
  const [tone, words] = inWords(row);
  row.item.dataset.tone = tone;
  row.item.querySelector(".upload-stage").textContent = words;
  drawProgress(row);
  drawCases(row);
  const reason = row.item.querySelector(".upload-reason");
  reason.textContent = row.doing === "failed" || row.doing === "refused" ? row.said : (row.told?.reason ?? "");
  reason.hidden = !reason.textContent;
  const offered = offers(row);
  for (const button of row.item.querySelectorAll("button")) button.hidden = !offered.includes(button.dataset.do);
}

function inWords(row) {
  const { told } = row;
  if (told?.outcome) return OUTCOMES[told.outcome];
  switch (row.doing) {
    case "waiting":
      return ["", "Waits its turn"];
    case "sending":
      if (row.told && row.offset >= row.size) return ["", "Sent: its kind is being checked"];
      return ["", `Uploading: ${megabytes(row.offset)} of ${megabytes(row.size)}`];
    case "paused":
      return ["warn", `Paused at ${percent(row)}`];
    case "lost":
      return ["warn", `Unfinished at ${percent(row)}: choose the file again to go on`];
    case "failed":
      return ["bad", `Interrupted at ${percent(row)}`];
    case "refused":
      return ["bad", "Refused"];
  }
  const how = told?.of ? `: ${told.done} of ${told.of} done` : "";
  if (told?.stage === "read") return ["", `Files are being read${how}`];
  if (told?.stage === "worked") return ["", `Cases are being worked${how}`];
  return ["", "Received, and waits to be read"];
}

function drawProgress(row) {
  const bar = row.item.querySelector("progress");
  const { told } = row;
  bar.hidden = Boolean(told?.outcome) || row.doing === "refused";
  if (told && told.stage !== "uploading") {
    if (told.of) bar.setAttribute("value", told.done / told.of);
    else bar.removeAttribute("value");
  } else {
    bar.setAttribute("value", row.size ? Math.min(1, row.offset / row.size) : 0);
  }
}

function drawCases(row) {
  const place = row.item.querySelector(".upload-cases");
  const cases = row.told?.cases ?? [];
  place.replaceChildren(
    ...cases.flatMap((id, number) => {
      const link = document.createElement("a");
      link.href = `/cases/${encodeURIComponent(id)}`;
      link.textContent = `Case ${id}`;
      return number ? [", ", link] : [link];
    }),
  );
  place.hidden = !cases.length;
}

function offers(row) {
  if (row.told?.outcome) return [];
  switch (row.doing) {
    case "waiting":
      return ["pause", "remove"];
    case "sending":
      return row.told && row.offset >= row.size ? [] : ["pause", "remove"];
    case "paused":
      return ["resume", "remove"];
    case "failed":
      return ["retry", "remove"];
    case "lost":
    case "refused":
      return ["remove"];
  }
  return [];
}

function drawPage() {
  at("none").hidden = rows.length > 0 || !at("loading").hidden;
}

function trouble(words) {
  at("trouble").textContent = words;
  at("trouble").hidden = !words;
}

function announce(words) {
  at("said").textContent = words;
}

function megabytes(size) {
  if (size < 1000) return `${size} bytes`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(0)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

function percent(row) {
  return `${row.size ? Math.floor((100 * row.offset) / row.size) : 0}%`;
}

function count(number) {
  return number === 1 ? "1 file" : `${number} files`;
}

function lastPart(name) {
  return name.split("/").at(-1);
}

for (const id of ["files", "folder"]) {
  at(id).addEventListener("change", (event) => {
    choose([...event.target.files]);
    event.target.value = "";
  });
}
for (const kind of ["dragover", "dragleave", "drop"]) {
  addEventListener(kind, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", kind === "dragover");
  });
}
addEventListener("drop", (event) => {
  dropped(event.dataTransfer.items).catch(() => trouble("Some of it cannot be read on this computer. Choose it again."));
});
addEventListener("beforeunload", (event) => {
  if (rows.some((row) => ["waiting", "sending"].includes(row.doing))) event.preventDefault();
});
begin();
